"""What people call the same thing: one table for the names of columns and of input fields.

An entry of CONCEPTS is a concept, the roles that its cells have (- for any), and the names that people give it, in English. The
order of the words of a name does not matter; a line that begins with blanks goes on with the entry before.
WORDS has other words for the words in them, those of other languages among them. To add a synonym, add a name to its entry; two
names that must not be taken for each other need entries of their own.
"""

import re


def entries(table: str) -> list[str]:
    """The entries of a table, each in one line."""
    return re.sub(r"\n +", " ", table.strip("\n")).splitlines()


CONCEPTS = """
email              email          email, email address, mail address, email id
phone              phone          phone, phone number, telephone, telephone number, contact number, call number, phone
                                  id
mobile             phone          mobile, mobile phone, mobile number, cell, cell phone, cell number, cellular
fax                phone          fax, fax number
url                url            url, website, web site, homepage, web address, web page, site url, web, link, uri,
                                  domain
image_url          url            image, image url, picture, picture url, photo, photo url, logo, logo url, thumbnail
ip_address         -              ip, ip address, ipv4, ipv6
mac_address        -              mac address
username           -              username, user name, login, handle, nickname
password           -              password, pin, secret
name               -              name
full_name          person_name    full name, person name, contact name, complete name, name surname, first last name
first_name         person_name    first name, given name, forename, christian name
last_name          person_name    last name, surname, family name
middle_name        -              middle name, middle initial
salutation         -              salutation, honorific, name prefix, form address
company            company_name   company, company name, organization, organization name, firm, employer, business,
                                  business name, account name, legal name, trading name, enterprise
department         -              department, division, team, unit name, cost center
job_title          -              job title, position, job, occupation, profession, designation, job role
title              -              title, headline, caption
product_name       -              product name, product title, item name, product, item, article, article name, item
                                  title, model name
brand              -              brand, brand name, manufacturer, make, maker
model              -              model, model number
sku                identifier     sku, product id, product number, product code, item id, item number, item code,
                                  article number, article id, part number, stock code
barcode            identifier     barcode, ean, upc, gtin, isbn
address            address_part   address, full address, postal address, mailing address, address line
street             address_part   street, street address, street name, street house number, address line 1, address 1,
                                  address street, road
house_number       -              house number, street number, building number, house
address_extra      -              address line 2, address 2, apartment, suite, flat, building, floor, unit number
city               address_part   city, town, place, locality, city name, municipality, village
district           address_part   district, suburb, borough, neighborhood
county             address_part   county
state              address_part   state, province, federal state, state province, state code
region             address_part   region, area, territory
country            country        country, country name, nation, country residence
country_code       country        country code, iso country, country iso, iso country code
nationality        country        nationality, citizenship
postcode           postcode       postcode, postal code, zip, zip code, post code, postal
latitude           number         latitude, lat
longitude          number         longitude, lng, lon
location           -              location, venue, site
birth_date         date           date birth, birth date, birthday, dob, born, born on
age                number         age, age years
gender             -              gender, sex
date               date           date, day, on date
time               -              time, hour, clock time
datetime           date           datetime, timestamp, date time, ts
created_at         date           created, created at, created on, date created, creation date, create date, opened,
                                  opened at, opened on, open date, submitted at, submitted, submission date, received,
                                  received at, date received
updated_at         date           updated, updated at, updated on, last updated, last modified, modified, modified at,
                                  date modified, change date
start_date         date           start date, start, begin date, date start, from date, valid from, beginning
end_date           date           end date, end, date end, to date, valid to, valid until, expiry, expiry date,
                                  expires, expires at, expiration date, expiration
due_date           date           due date, due, deadline, date due, payable by
order_date         date           order date, ordered at, date order, purchase date, date purchase
last_order_date    date           last order date, last purchase date, last purchase, last order, date last purchase
ship_date          date           ship date, shipped, shipped at, shipping date
delivery_date      date           delivery date, delivered, delivered at, arrival date
hire_date          date           hire date, hired, entry date, join date, joined, joined at, date joining
signup_date        date           signup date, registered, registered at, registration date, sign up date, member
                                  since, customer since
year               -              year
month              -              month
duration           -              duration, length time, runtime, elapsed
status             -              status, current status, condition status
type               -              type, kind
category           -              category, class, group, classification, genre, product category, segment
priority           -              priority, urgency, severity, importance
channel            -              channel, source, medium, origin channel
language           -              language, locale, lang
currency           -              currency, currency code
code               -              code
id                 identifier     id, identifier, uid, uuid, guid, record id, number, key
reference          identifier     reference, reference number, reference id, reference code, ticket id, ticket number,
                                  case number, case id, incident number, ticket reference, case reference, incident id,
                                  request id, request number, docket number, docket id, docket
order_id           identifier     order id, order number, order reference, order code, sales order, purchase order
                                  number
invoice_id         identifier     invoice id, invoice number, bill number, invoice reference
customer_id        identifier     customer id, customer number, customer code, customer reference, account number
                                  customer
account_number     identifier     account number, account id, iban, bank account, account
tracking_number    identifier     tracking number, tracking id, tracking code, shipment number, shipment id, parcel
                                  number, waybill number
tax_id             identifier     tax id, vat id, vat number, tax number, ein, vat
policy_number      identifier     policy number, policy id
license_plate      -              license plate, plate number, registration number, license number, number plate
amount             number         amount, sum, value amount
total              number         total, total amount, grand total, sum total, amount total, order total, total price,
                                  order value, order amount, total value
total_spent        number         total spent, total spend, lifetime value, customer value, total revenue customer,
                                  spend, spent
price              number         price, unit price, sale price, list price, retail price, selling price
cost               number         cost, unit cost, purchase price
fee                number         fee, charge, fees
discount           number         discount, rebate, discount rate
tax                number         tax amount, sales tax, vat amount
balance            number         balance, account balance
salary             number         salary, wage, annual salary, income, pay, compensation
revenue            number         revenue, turnover, sales, annual revenue
budget             number         budget
credit_limit       number         credit limit
quantity           number         quantity, number units, units, pieces, item count, count items
order_count        number         order count, count orders, orders, purchase count, count purchases, purchases, total
                                  orders
count              number         count
stock              number         stock, inventory, stock level, on hand
rating             number         rating, stars, star rating
score              number         score, points, mark
rank               number         rank, ranking
percentage         number         percentage, percent, rate
weight             number         weight, mass
height             number         height
width              number         width
length             number         length
depth              number         depth
size               -              size
volume             number         volume
distance           number         distance
speed              number         speed, velocity
temperature        number         temperature, temp
humidity           number         humidity
pressure           number         pressure
power              number         power
energy             number         energy, consumption, energy consumption
voltage            number         voltage
mileage            number         mileage, odometer, kilometers
employees          number         employees, count employees, employee count, headcount, company size
quality            -              quality
color              -              color
express            boolean        express, express shipping, express delivery, is express, priority shipping
active             boolean        active, is active, enabled, is enabled
subject            -              subject, subject line, topic, email subject, mail subject, ticket subject, ticket
                                  title, summary line
description        free_text      description, details, detail, long description, full description, issue description,
                                  problem description, problem
short_description  -              short description, brief description, teaser, abstract
body               free_text      body, message, message body, text, content, message text, email body, mail body, body
                                  text, ticket text, issue text, request text, inquiry, issue, request, complaint,
                                  query, question
ticket             free_text      ticket
comment            free_text      comment, remark, note, notes, comments, annotation, memo, free text, observation
review             free_text      review, review text, customer review, feedback, feedback text, testimonial, opinion,
                                  verbatim
answer             free_text      answer, response, reply
summary            free_text      summary, synopsis, overview
reason             -              reason, cause
features           -              features, feature list, specifications, specs, characteristics, attributes,
                                  properties, highlights, product features, key features
keywords           -              keywords, tags, labels
diagnosis          -              diagnosis
symptoms           free_text      symptoms, complaints
author             -              author, writer, author name
publisher          -              publisher
signature          -              signature
prompt             -              prompt
"""

# Other words for a word, by the English word that CONCEPTS has. A word that means several things is in none.
WORDS = """
email          e_mail mail emailadresse courriel correo electronico mailadresse emails mel
address        addr adresse direccion anschrift addresse indirizzo domicilio
phone          tel telefon telephone telefono fon phonenumber rufnummer telefonnummer fernsprecher telf
mobile         handy mobil portable movil mobiltelefon handynummer mobilnummer celular gsm mobilfunk
fax            telefax faxnummer
number         no nr num nummer numero nbr nro
id             ident identifiant identificador kennung kennziffer ids
name           nom nombre names
first          erster given
last           nach family letzte letzter letztes letzten dernier derniere ultimo ultima
surname        apellido apellidos nachname familienname zuname
firstname      vorname prenom fname
lastname       lname
licenseplate   kennzeichen immatriculation
company        firma firmen societe empresa unternehmen entreprise comp organisation firmenname betrieb raison
organization   org organisation organizacion
customer       client cust kunde kunden cliente clients clientes
employee       mitarbeiter empleado employe salarie staff
student        schueler eleve alumno pupil
patient        paciente
product        produkt produit producto prod
item           artikel article articulo
description    beschreibung descripcion desc descr beschr produktbeschreibung artikelbeschreibung
title          titel titre titulo
subject        betreff objet asunto
body           nachricht inhalt mensaje contenu contenido
text           texte texto
comment        kommentar commentaire comentario bemerkung bemerkungen anmerkung anmerkungen remarque remarques
               comentarios observaciones observacion notiz notizen hinweis
review         bewertung avis resena rezension
feedback       rueckmeldung
date           datum fecha
birth          geburt naissance nacimiento
birthday       geburtstag anniversaire cumpleanos geburtsdatum
street         strasse str rue calle
house          haus
housenumber    hausnummer hausnr
city           stadt ort ville ciudad wohnort commune localidad poblacion
postcode       plz postleitzahl codepostal codigopostal cp zipcode postalcode
postal         post
country        land pays pais
state          bundesland etat estado provincia provinz
region         gebiet comarca
county         landkreis
amount         betrag montant importe amt monto summe
total          gesamt gesamtbetrag gesamtsumme
price          preis prix precio einzelpreis verkaufspreis
quantity       qty menge anzahl quantite cantidad stueckzahl
weight         gewicht poids peso wt
height         hoehe hauteur altura
width          breite largeur anchura
length         laenge longueur longitud
color          colour farbe couleur
category       kategorie categorie categoria cat rubrik
type           typ art tipo
status         statut zustand
priority       prioritaet priorite prioridad prio dringlichkeit
language       sprache langue idioma
currency       waehrung devise moneda divisa
gender         geschlecht sexe genero sexo
age            alter edad
salutation     anrede civilite tratamiento
department     abteilung departement departamento dept
order          bestellung auftrag commande pedido
orders         bestellungen auftraege
invoice        rechnung facture factura
ordernumber    bestellnummer auftragsnummer bestellnr auftragsnr
customernumber kundennummer kundennr
invoicenumber  rechnungsnummer rechnungsnr
itemnumber     artikelnummer artikelnr artnr
ticketnumber   ticketnummer ticketnr
orderdate      bestelldatum auftragsdatum
invoicedate    rechnungsdatum
productname    produktname artikelname artikelbezeichnung produktbezeichnung bezeichnung
customername   kundenname
brand          marke marque marca
manufacturer   hersteller fabricant fabricante
features       merkmale eigenschaften caracteristiques caracteristicas
year           jahr annee ano
month          monat mois mes
time           zeit heure hora uhrzeit
latitude       breitengrad
longitude      laengengrad
website        webseite internetseite webadresse
temperature    temperatur
rating         sterne
score          punkte puntuacion note
reference      ref referenz referencia aktenzeichen
account        konto compte cuenta
balance        saldo solde
salary         gehalt salaire salario lohn sueldo
job            beruf poste puesto
message        msg
reason         grund motif motivo
summary        zusammenfassung resume
start          beginn debut inicio anfang
end            ende fin
created        erstellt cree creado angelegt erstellungsdatum
delivery       lieferung livraison entrega
shipping       versand ship envio
billing        facturation facturacion
contact        kontakt contacto
code           codigo kode
contactname    ansprechpartner
technician     techniker technicien tecnico monteur
project        projekt projet proyecto progetto
maintenance    wartung instandhaltung mantenimiento entretien
inspection     pruefung inspeccion begehung
finding        befund befunde hallazgo constat
application    antrag solicitud
applicant      antragsteller solicitante demandeur bewerber
granted        bewilligt concedido accorde gewaehrt
requested      beantragt solicitado
decision       entscheidung bescheid resolucion
vehicle        fahrzeug vehicule vehiculo kfz
driver         fahrer conducteur
departure      abfahrt abreise salida
arrival        ankunft anreise arrivee llegada
guest          gast gaeste huesped
room           zimmer chambre habitacion
night          nacht naechte nuit noche
reservation    buchung reservierung reserva
insurance      versicherung assurance seguro
claim          schadensfall siniestro sinistre
teacher        lehrer lehrkraft profesor enseignant
course         kurs curso
doctor         arzt aerztin medecin medico
diagnosis      diagnose diagnostic diagnostico
symptoms       symptome sintomas symptome
member         mitglied membre miembro socio
supplier       lieferant fournisseur proveedor
payment        zahlung paiement pago
due            faellig faelligkeit echeance vencimiento
deadline       frist
tax            steuer mwst impuesto
discount       rabatt remise descuento
revenue        umsatz erloes jahresumsatz ingresos
stock          lagerbestand existencias
location       standort ubicacion emplacement
building       gebaeude batiment edificio
owner          eigentuemer besitzer halter proprietaire propietario
tenant         mieter locataire inquilino
rent           miete loyer alquiler
contract       vertrag contrat contrato
answer         antwort reponse respuesta
breed          rasse raza
author         autor auteur
publisher      verlag editeur
event          veranstaltung ereignis evento evenement
duration       dauer duree duracion
distance       entfernung distancia
speed          geschwindigkeit vitesse velocidad
result         ergebnis resultat resultado
sample         muestra echantillon
ingredient     zutat zutaten
instruction    anleitung anweisung instruccion instrucciones
cost           kosten coste costo cout
unit           einheit unidad unite
user           benutzer nutzer utilisateur usuario
fullname       氏名 姓名 お名前
phonenumber    電話番号 電話 手机
emailaddress   メールアドレス 邮箱
postcode       郵便番号 邮编
address        住所 地址
companyname    会社名 公司
comment        備考 备注
date           日付 日期
amount         金額 金额
quantity       数量
"""

# Whose it is, where it hardly matters: a customer's e-mail is the e-mail, as long as there is no other.
OWNERS_TEXT = (
    "customer contact user member person people individual subscriber lead guest patient student employee applicant "
    "candidate donor attendee participant respondent buyer purchaser tenant passenger policyholder insured player primary "
    "main default holder record personal client visitor owner traveler recipient borrower resident citizen reader learner "
    "reporter"
)
OWNERS = frozenset(OWNERS_TEXT.split())
# Two words for one owner or one kind.
ALIKE = {
    "client": "customer", "buyer": "customer", "purchaser": "customer", "shopper": "customer", "delivery": "shipping",
    "invoice": "billing", "main": "primary", "staff": "employee", "pupil": "student", "organisation": "company",
    "organization": "company", "firm": "company", "article": "item", "goods": "item",
}  # fmt: skip
UNITS_TEXT = (
    "kg g mg lb lbs oz t mm cm m km mi ft inch inches eur euro euros usd dollars gbp chf jpy cad aud c f celsius "
    "fahrenheit kwh wh mw kw w v hpa kpa bar mbar psi kmh mph ms s sec seconds min minutes h hrs hours days l ml percent "
    "pct dl cl mmol mol iu mbps gbps gb mb kb hz khz mhz ghz ppm rpm hp db kts knots"
)
UNITS = frozenset(UNITS_TEXT.split())
# Name of the field, name of the column, and how sure it is that the one is meant by the other, with nothing else to go by.
RELATED = {
    ("name", "full_name"): 0.86, ("full_name", "name"): 0.84, ("name", "company"): 0.5, ("name", "first_name"): 0.62,
    ("name", "last_name"): 0.62, ("full_name", "last_name"): 0.62, ("full_name", "first_name"): 0.62,
    ("name", "product_name"): 0.6, ("name", "title"): 0.6, ("company", "name"): 0.6, ("product_name", "name"): 0.68,
    ("product_name", "title"): 0.78, ("title", "product_name"): 0.78, ("title", "name"): 0.62,
    ("title", "subject"): 0.7, ("title", "summary"): 0.66, ("subject", "summary"): 0.66, ("subject", "title"): 0.7,
    ("phone", "mobile"): 0.82, ("mobile", "phone"): 0.62, ("country", "country_code"): 0.86,
    ("country_code", "country"): 0.7, ("address", "street"): 0.66, ("street", "address"): 0.78,
    ("state", "region"): 0.66, ("region", "state"): 0.66, ("state", "county"): 0.55, ("city", "location"): 0.6,
    ("city", "district"): 0.62, ("location", "city"): 0.6, ("address", "location"): 0.6, ("amount", "total"): 0.78,
    ("total", "amount"): 0.78, ("amount", "price"): 0.6, ("price", "amount"): 0.6, ("price", "cost"): 0.6,
    ("cost", "price"): 0.6, ("total_spent", "total"): 0.6, ("total_spent", "revenue"): 0.62,
    ("date", "created_at"): 0.66, ("date", "datetime"): 0.7, ("datetime", "date"): 0.66, ("date", "order_date"): 0.66,
    ("order_date", "date"): 0.66, ("order_date", "created_at"): 0.6, ("created_at", "date"): 0.66,
    ("created_at", "datetime"): 0.66, ("last_order_date", "order_date"): 0.6, ("signup_date", "created_at"): 0.62,
    ("order_count", "quantity"): 0.5, ("reference", "id"): 0.64, ("reference", "order_id"): 0.64,
    ("id", "reference"): 0.64, ("reference", "customer_id"): 0.5, ("id", "order_id"): 0.6, ("id", "customer_id"): 0.6,
    ("id", "sku"): 0.6, ("order_id", "id"): 0.62, ("customer_id", "id"): 0.62, ("sku", "id"): 0.6,
    ("order_id", "reference"): 0.66, ("sku", "barcode"): 0.5, ("customer_id", "account_number"): 0.6,
    ("description", "body"): 0.7, ("body", "description"): 0.78, ("body", "comment"): 0.7, ("body", "review"): 0.76,
    ("body", "ticket"): 0.78, ("ticket", "body"): 0.8, ("ticket", "description"): 0.8, ("ticket", "comment"): 0.66,
    ("ticket", "review"): 0.6, ("ticket", "subject"): 0.55, ("body", "subject"): 0.55, ("body", "summary"): 0.6,
    ("review", "comment"): 0.78, ("comment", "review"): 0.7, ("review", "body"): 0.78, ("comment", "body"): 0.7,
    ("review", "description"): 0.6, ("description", "comment"): 0.6, ("description", "summary"): 0.66,
    ("summary", "description"): 0.6, ("description", "short_description"): 0.66,
    ("short_description", "description"): 0.6, ("features", "description"): 0.66, ("features", "keywords"): 0.55,
    ("category", "type"): 0.62, ("type", "category"): 0.62, ("score", "rating"): 0.66, ("rating", "score"): 0.66,
    ("quantity", "count"): 0.7, ("count", "quantity"): 0.7, ("brand", "company"): 0.5, ("sku", "model"): 0.5,
    ("symptoms", "description"): 0.6, ("symptoms", "reason"): 0.6,
}  # fmt: skip
# Names that say nothing of what is in a column.
OPAQUE = frozenset({"column", "col", "field", "data", "value", "unnamed", "c", "f", "x", "var", "attribute", "attr"})
# What a table can be about: of its status, its type and the like the table needs no other word.
ENTITY_TEXT = (
    "order product item ticket invoice booking claim case shipment parcel property event course flight vehicle car book job "
    "project account transaction payment policy loan appointment visit sensor device store branch match game recipe menu dish "
    "campaign listing lead request incident issue donation reservation delivery contract asset meter station survey"
)
ENTITIES = frozenset(ENTITY_TEXT.split())
# Of these an entity's is the table's: an order's status is the status. Of names, dates and identifiers it is not.
OF_ENTITIES = frozenset(
    {"status", "type", "category", "description", "price", "amount", "priority", "channel", "weight", "quantity"}
)
# Words that make something another thing: somebody else's, another one's, or no more than something about it.
APART_TEXT = (
    "manager parent father mother doctor physician teacher agent seller supplier vendor emergency spouse partner "
    "referrer assigned assignee owner opposing opponent sender recipient author creator editor approver supervisor "
    "guardian nurse driver secondary second third alternate alternative other additional extra old former previous prior "
    "past next new future desired requested offered proposed min max minimum maximum average avg mean median target "
    "expected estimated planned reserved projected cancelled canceled deleted is has no not verified valid sent opened "
    "clicked opt consent hash hashed encrypted masked birth work office backup bounce reply from to cc bcc sub per "
    "change delta diff percentage rank index"
)
APART = frozenset(APART_TEXT.split())
# Of these an unlike word more always makes another thing: a product's name is not the name.
NEVER_ALONE = frozenset(
    {
        "name",
        "full_name",
        "first_name",
        "last_name",
        "id",
        "code",
        "title",
        "type",
        "reference",
        "number",
        "time",
        "count",
    }
)
