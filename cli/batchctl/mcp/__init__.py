"""The MCP server: the operations as tools of an assistant, within what the person who starts it allows."""
