"""What short words stand for in names of columns, and which words are units: tables, and nothing that guesses."""

from batch_processor.operations.naming.synonyms import entries

# Some stand for several words; which of them, the field's words and the cells decide.
_ABBREVIATIONS = """
ac account
acct account
addr address
adm admission admitted
amt amount
appl application applicant
appt appointment
approx approximate
arr arrival arrived
attn attention
auth author authorization
avg average
bal balance
bday birthday
bk book
bldg building
brd board
brth birth
cat category
cd code
cert certificate
chg charge change
cls class
cmt comment
cntry country
cnt count
co company
comp company
cond condition
cont content contact
ctry country
cty city county
cust customer
ded deductible deduction
deg degree
del delivery delivered
dep departure deposit departed
dept department
desc description
descr description
dest destination
dev device
dia diameter
diag diagnosis
dist distance district
dob birthdate
doc document doctor
dr doctor
dt date
dtm datetime
dttm datetime
dur duration
elev elevation
emp employee
eq equipment
equip equipment
est estimated established
ev event
exp expiry expiration experience expected
ext extension
facil facility
fam family
fld field
flt flight
fn firstname
freq frequency
fst first
gen gender general
gndr gender
grp group
hgt height
hosp hospital
hr hour
ht height
inc incident income
ins insurance insured
insp inspection inspector inspected
inst institution instrument
instr instruction instrument
inv invoice inventory
invt inventory
itm item
ln lastname line
lang language
lat latitude
len length
lic license
ln line
loc location
lon longitude
lot lot
lvl level
maint maintenance
manuf manufacturer
max maximum
mbr member
med medication medium
mfr manufacturer
mgr manager
min minimum minutes
mod model
msg message
mtg meeting
nat nationality
natl nationality
nbr number
nm name
no number
nr number
num number
obj object
obs observation observed
occ occupation occurrence
off offence office
op operator operation
opr operator
ord order
org organization
orig origin original
own owner
par parent
pax passenger
pct percent
perf performance
pkg package
pln plan
pmt payment
po order
pop population
pos position
pr price
prc price
prio priority
proc procedure process
prod product
prof profession professor
proj project
prov provider province
pt patient point
pymt payment
qty quantity
recd received
rec record received
recvd received
ref reference
reg registration region
rep report representative
req request required
res result reservation resolution
resp response respondent
rev revenue review
rm room
rte route
rvw review
sal salary
sched schedule scheduled
seq sequence
ser serial
sev severity
sgl single
shp shipping
sn serialnumber
spec specification species
src source
st station state street status
sta station
stat status
stn station
str street
stud student
subj subject
sub subject
svc service
sym symbol symptom
tel telephone phone
temp temperature
tgt target
tkt ticket
tm time
tot total
tran transaction
trk track
trn train
trt treatment
ttl title total
tx transaction treatment
txn transaction
txt text
typ type
upd updated
val value
veh vehicle
ver version
vol volume
vsl vessel
wgt weight
whs warehouse
wt weight
yr year
"""
ABBREVIATIONS = {short: tuple(words) for short, *words in map(str.split, entries(_ABBREVIATIONS))}

# Units by what they measure: the first of a line is how the others are called too; different lines are different units.
_UNITS = """
weight   kg kgs kilo kilos kilogram kilograms kilogramme
weight   g gram grams gramme gr
weight   mg milligram milligrams
weight   lb lbs pound pounds
weight   oz ounce ounces
weight   t tonne tonnes tons ton tn
length   mm millimeter millimeters millimetre millimetres
length   cm centimeter centimeters centimetre centimetres
length   m meter meters metre metres mtr
length   km kilometer kilometers kilometre kilometres kms
length   mi mile miles
length   ft foot feet
length   inch inches
duration ms millisecond milliseconds msec millis
duration s sec secs second seconds
duration min mins minute minutes minuten
duration h hr hrs hour hours std stunden
duration days day
volume   l liter liters litre litres ltr
volume   ml milliliter milliliters millilitre millilitres
volume   cl
volume   dl
money    eur euro euros
money    usd dollar dollars
money    gbp sterling
money    chf franken
money    jpy yen 円
money    cad
money    aud
share    percent pct percentage prozent
temperature c celsius degc
temperature f fahrenheit degf
temperature kelvin
energy   kwh
energy   wh
energy   mwh
energy   kcal
power    kw kilowatt kilowatts
power    w watt watts
power    mw
power    hp
speed    kmh kph
speed    mph
speed    kts knots
pressure hpa
pressure kpa
pressure bar
pressure mbar
pressure psi
"""
_LINES = [line.split() for line in entries(_UNITS)]
UNIT_OF = {name: names[0] for _, *names in _LINES for name in names}
MEASURES = {names[0]: measure for measure, *names in _LINES}
# What a unit says by itself, so that the word need not be said beside it.
SAID_BY = {
    "weight": frozenset({"weight", "mass"}),
    "length": frozenset({"length", "distance"}),
    "duration": frozenset({"duration", "time", "length", "runtime"}),
    "volume": frozenset({"volume"}),
    "money": frozenset({"amount", "price", "cost", "fee", "value", "sum"}),
    "share": frozenset({"rate", "share", "percentage", "ratio"}),
    "temperature": frozenset({"temperature"}),
    "energy": frozenset({"energy", "consumption"}),
    "power": frozenset({"power"}),
    "speed": frozenset({"speed"}),
    "pressure": frozenset({"pressure"}),
}
# Short English words that begin longer ones, and are none of them.
_OWN_TEXT = (
    "part port form app man car pass test net post per plan plant con pat pro art arm bar bed bus cap case cart "
    "cast chain char chart com coin col cost count court cover cross cut dam day dis end even ever fact fair fall "
    "far fin fit for fore gas gene hand head heat her hip home host hot hour ill imp inn key land law lead leg let "
    "lim line link list load lock log map mark mass mat met mile mode mon moth name nest new nor not note order our "
    "out over pain pair pan paper park past path pen pet pharm pig pine play pool pot press prim prop pub pump push "
    "race rain ran rate real red rest ring rock room root sal sand sea seal set ship shop show sign sing site size "
    "soil sold son sort sound star start step stock stop store sun tab tax tea team tech ten term tie time tin ton "
    "tour town trade train tree trial turn two type use van war ward was way week well win wind wood work"
)
WORDS_OF_THEIR_OWN = frozenset(_OWN_TEXT.split())
