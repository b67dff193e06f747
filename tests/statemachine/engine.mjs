// JavaScript jsonata 2.0.6, the version that Step Functions implements, behind JSON lines on stdin and stdout.
// {expression, variables, now, random, uuid} -> {value} | {undefined: true} | {error}
// {free: expression} -> {value: [names of the variables that it neither binds nor finds in $states]} | {error}
// {regexes: expression} -> {value: [the regular expressions in it]} | {error}
// {definition} -> {value: [what asl-validator objects to]}
import { createHash } from "node:crypto";
import { createInterface } from "node:readline";
import aslValidator from "asl-validator";
import jsonata from "jsonata";

const compiled = new Map();
let request = {};

function compile(expression) {
  if (!compiled.has(expression)) {
    const program = jsonata(expression);
    program.registerFunction("now", () => new Date(request.now).toISOString(), "<:s>");
    program.registerFunction("millis", () => request.now, "<:n>");
    program.registerFunction("random", () => request.random, "<n?:n>");
    program.registerFunction("parse", (text) => JSON.parse(text), "<s:x>");
    program.registerFunction("uuid", () => request.uuid, "<:s>");
    program.registerFunction("hash", (text, algorithm) =>
      createHash(algorithm.replace("-", "").toLowerCase()).update(text).digest("hex"), "<ss:s>");
    program.registerFunction("partition", (array, size) =>
      Array.from({ length: Math.ceil(array.length / size) }, (_, i) => array.slice(i * size, (i + 1) * size)), "<an:a>");
    program.registerFunction("range", (start, end, step) =>
      Array.from({ length: Math.floor((end - start) / step) + 1 }, (_, i) => start + i * step), "<nnn:a>");
    compiled.set(expression, program);
  }
  return compiled.get(expression);
}

// Every node of a syntax tree, with the names that are bound where it stands.
function* nodes(node, bound) {
  if (node === null || typeof node !== "object" || node instanceof RegExp) return;
  let scope = bound;
  if (node.type === "lambda") scope = new Set([...bound, ...node.arguments.map((argument) => argument.value)]);
  if (node.type === "block") {
    scope = new Set([...bound, ...node.expressions.filter(({ type }) => type === "bind").map(({ lhs }) => lhs.value)]);
  }
  if (!Array.isArray(node)) yield { node, scope };
  for (const part of Object.values(node)) yield* nodes(part, scope);
}

function freeVariables(expression) {
  const found = [...nodes(jsonata(expression).ast(), new Set(["states"]))];
  const called = new Set(found.map(({ node }) => node.procedure));
  const free = found
    .filter(({ node, scope }) => node.type === "variable" && node.value && !scope.has(node.value) && !called.has(node))
    .map(({ node }) => node.value);
  return [...new Set(free)].sort();
}

function regexes(expression) {
  return [...nodes(jsonata(expression).ast(), new Set())]
    .filter(({ node }) => node.type === "regex")
    .map(({ node }) => node.value.source);
}

async function answer() {
  if ("definition" in request) {
    const { isValid, errors } = aslValidator(request.definition);
    return { value: isValid ? [] : errors.map((error) => error.Message ?? JSON.stringify(error)) };
  }
  if ("free" in request) return { value: freeVariables(request.free) };
  if ("regexes" in request) return { value: regexes(request.regexes) };
  const value = await compile(request.expression).evaluate(undefined, request.variables);
  return value === undefined ? { undefined: true } : { value };
}

for await (const line of createInterface({ input: process.stdin })) {
  request = JSON.parse(line);
  let response;
  try {
    response = await answer();
  } catch (error) {
    response = { error: `${error.code ?? error.name}: ${error.message}` };
  }
  process.stdout.write(JSON.stringify(response) + "\n");
}
