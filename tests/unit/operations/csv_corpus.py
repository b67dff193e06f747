"""Small CSVs of many domains, each with a target, and what a careful person would do with them.

`maps` must be mapped, `asks` must not be mapped but asked about, `open_` must be neither mapped nor taken for sure. `roles` and
`types` are those of columns. Whatever is mapped besides is an error: a corpus that only says what is right finds no wrong guess.
"""

# ruff: noqa: E501 (rows are as long as they are)

from dataclasses import dataclass, field
from typing import Any

Schema = dict[str, Any]


@dataclass(frozen=True)
class Case:
    """A CSV and a target of that domain."""

    name: str
    csv: str
    fields: Schema
    required: tuple[str, ...] = ()
    about: str = ""
    maps: dict[str, str] = field(default_factory=dict)
    asks: tuple[str, ...] = ()
    roles: dict[str, str] = field(default_factory=dict)
    types: dict[str, str] = field(default_factory=dict)


def text(description: str = "", **more: Any) -> Schema:
    return {"type": "string", **({"description": description} if description else {}), **more}


NUMBER: Schema = {"type": "number"}
INTEGER: Schema = {"type": "integer"}
CASES = (
    Case(
        "crm",
        """Account Name,Contact First Name,Contact Last Name,E-Mail,Direct Phone,Fax,Web,Billing Country,Annual Revenue
Acme Corp.,Jane,Doe,jane.doe@acme.example,+1 415-555-0101,+1 415-555-0199,www.acme.com,US,1250000
Globex GmbH,Max,Muster,max@globex.example,+49 30 123456,,https://globex.de,DE,830000.50
Initech LLC,Bill,Lumbergh,bill@initech.example,(512) 555-0147,(512) 555-0148,initech.com,US,990000
Umbrella Ltd,Ada,Wong,ada@umbrella.example,+44 20 7946 0958,,umbrella.co.uk,GB,12000000
""",
        {"company": text(), "email": text(), "phone": text(), "website": text(), "name": text("The contact's name.")},
        ("company", "email"),
        "Enriches companies.",
        maps={"company": "Account Name", "email": "E-Mail", "website": "Web", "phone": "Direct Phone"},
        asks=("name",),
        roles={
            "Account Name": "company_name",
            "E-Mail": "email",
            "Direct Phone": "phone",
            "Fax": "phone",
            "Web": "url",
            "Billing Country": "country",
            "Annual Revenue": "number",
        },
        types={"Annual Revenue": "number", "Direct Phone": "string"},
    ),
    Case(
        "e-commerce orders",
        """order_id,order_date,customer_email,ship_to_name,shipping_address,billing_address,postal_code,order_total,order_status
100234,2026-01-03,a@shop.example,Ann Lee,"12 High Street, Leeds","12 High Street, Leeds",LS1 4AP,59.90,shipped
100235,2026-01-03,b@shop.example,Bob Ray,"4 Mill Lane, York","9 Kings Road, Hull",YO1 7HH,12.00,pending
100236,2026-01-04,c@shop.example,Cy Dow,"77 Park Avenue, Bath","77 Park Avenue, Bath",BA1 1AA,140.25,shipped
100237,2026-01-05,d@shop.example,Di Fox,"1 Bridge Road, Hull","1 Bridge Road, Hull",HU1 1AA,8.40,returned
""",
        {
            "address": text(),
            "postcode": text(),
            "email": text(format="email"),
            "state": text(),
            "date_of_birth": text(),
            "total": NUMBER,
            "id": text(),
        },
        ("address",),
        "Validates postal addresses.",
        maps={"postcode": "postal_code", "email": "customer_email", "total": "order_total"},
        asks=("address", "id"),
        roles={"order_id": "identifier", "order_date": "date", "postal_code": "postcode", "order_status": "category"},
        types={"order_id": "integer", "order_date": "date", "order_total": "number", "postal_code": "string"},
    ),
    Case(
        "human resources",
        """EmployeeID,FirstName,LastName,DateOfBirth,HireDate,JobTitle,Department,AnnualSalary,ManagerEmail
00017,Ruth,Ogden,1984-02-11,2015-06-01,Accountant,Finance,54000,boss1@corp.example
00018,Omar,Haddad,1990-12-30,2019-01-15,Engineer,Platform,71000,boss2@corp.example
00021,Mina,Sato,1978-07-04,2008-03-01,Director,Finance,120000,boss3@corp.example
00025,Leo,Brandt,2001-05-20,2024-09-01,Intern,Platform,21000,boss2@corp.example
""",
        {
            "first_name": text(),
            "last_name": text(),
            "birth_date": text(format="date"),
            "salary": NUMBER,
            "email": text(),
            "title": text(),
            "start_date": text(),
        },
        ("first_name", "last_name"),
        maps={
            "first_name": "FirstName",
            "last_name": "LastName",
            "birth_date": "DateOfBirth",
            "salary": "AnnualSalary",
        },
        asks=("email",),
        roles={"EmployeeID": "identifier", "DateOfBirth": "date", "FirstName": "person_name", "ManagerEmail": "email"},
        types={"EmployeeID": "string", "DateOfBirth": "date", "AnnualSalary": "integer"},
    ),
    Case(
        "logistics",
        """tracking_no,weight_g,weight_kg,length_cm,destination_country,is_express,eta
1Z999AA10123456784,1500,1.5,30,DE,yes,2026-02-01T10:00:00Z
1Z999AA10123456785,200,0.2,12,FR,no,2026-02-02T12:30:00Z
1Z999AA10123456786,8000,8,60,DE,no,2026-02-02T18:00:00Z
1Z999AA10123456787,450,0.45,22,IT,yes,2026-02-03T09:15:00Z
""",
        {
            "weight_kg": text("A number, as 1.5."),
            "country": text("Its two letters."),
            "express": text("yes, or anything else."),
        },
        ("weight_kg", "country"),
        "Asks carriers for the price of a parcel.",
        maps={"weight_kg": "weight_kg", "express": "is_express", "country": "destination_country"},
        roles={"tracking_no": "identifier", "destination_country": "country", "is_express": "boolean", "eta": "date"},
        types={"weight_g": "integer", "weight_kg": "number", "eta": "datetime", "is_express": "boolean"},
    ),
    Case(
        "real estate",
        """Listing ID;Street;House No;City;State;ZIP;List Price;Beds;Description
L-1;Oak Street;12;Portland;OR;97201;450000;3;"Bright corner home with a garden, close to schools and shops."
L-2;Elm Avenue;8a;Boise;ID;83702;389000;2;"Renovated bungalow on a quiet street; new roof, new kitchen, large garage."
L-3;Lake Road;301;Salem;OR;97301;615500;4;"Family house near the lake with four bedrooms and a double garage."
L-4;Hill Court;5;Nampa;ID;83651;275000;2;"Starter home with a fenced yard and mountain views from the porch."
""",
        {
            "street": text(),
            "city": text(),
            "state": text(),
            "status": text(),
            "postcode": text(),
            "price": NUMBER,
            "text": text(),
        },
        ("street", "city"),
        maps={
            "street": "Street",
            "city": "City",
            "state": "State",
            "postcode": "ZIP",
            "price": "List Price",
            "text": "Description",
        },
        roles={"ZIP": "postcode", "State": "address_part", "Description": "free_text", "Listing ID": "identifier"},
        types={"ZIP": "string", "List Price": "integer", "Beds": "integer"},
    ),
    Case(
        "medical appointments",
        """patient_id,patient_name,doctor_name,appointment_date,dob,phone_home,phone_work,diagnosis_code,symptoms
P0001,Nora Weiss,Dr. Hale,05/13/2026,03/22/1961,212-555-0110,212-555-0190,E11.9,"Tired all day, very thirsty, blurred vision in the evening"
P0002,Ivan Petrov,Dr. Sun,05/14/2026,11/02/1988,212-555-0111,,J45.909,"Wheezing at night and short of breath after climbing stairs"
P0003,Lucy Chen,Dr. Hale,05/14/2026,07/30/2010,212-555-0112,212-555-0192,M54.5,"Lower back pain since last week, worse when sitting for long"
P0004,Omar Diaz,Dr. Ito,05/15/2026,01/18/1975,212-555-0113,,I10,"Headaches in the morning and some dizziness when standing up"
""",
        {
            "name": text("The patient's name."),
            "date_of_birth": text(),
            "date": text(),
            "phone": text(),
            "symptoms": text(),
        },
        ("name", "symptoms"),
        "Triages patients.",
        maps={"name": "patient_name", "date_of_birth": "dob", "symptoms": "symptoms", "date": "appointment_date"},
        asks=("phone",),
        roles={"dob": "date", "phone_home": "phone", "symptoms": "free_text", "patient_id": "identifier"},
        types={"dob": "date", "phone_home": "string"},
    ),
    Case(
        "library",
        """isbn,title,author,publisher,year,copies,genre,shelf_code
9780141439518,Pride and Prejudice,Jane Austen,Penguin,1813,4,Novel,A-12
9780451524935,1984,George Orwell,Signet,1949,7,Novel,A-14
9780262033848,Introduction to Algorithms,Thomas Cormen,MIT Press,2009,2,Science,C-03
9780307474278,The Da Vinci Code,Dan Brown,Anchor,2003,5,Thriller,B-09
""",
        {"title": text(), "author": text(), "isbn": text(), "code": text(), "quantity": INTEGER},
        ("title",),
        maps={"title": "title", "author": "author", "isbn": "isbn"},
        asks=("code",),
        roles={"isbn": "identifier", "year": "number"},
        types={"isbn": "string", "year": "integer", "title": "string"},
    ),
    Case(
        "sensor data",
        """timestamp,sensor_id,temperature_c,humidity_pct,battery_v,ip_address,status
2026-03-01T00:00:00Z,s-01,21.4,40,3.71,10.0.0.4,ok
2026-03-01T00:05:00Z,s-01,21.6,41,3.70,10.0.0.4,ok
2026-03-01T00:10:00Z,s-02,-3.0,80,3.52,10.0.0.5,low
2026-03-01T00:15:00Z,s-02,-3.5,81,3.50,10.0.0.5,low
""",
        {
            "temperature": NUMBER,
            "timestamp": text(format="date-time"),
            "address": text(),
            "state": text(),
            "status": {"type": "string", "enum": ["ok", "low", "dead"]},
        },
        ("temperature",),
        maps={"temperature": "temperature_c", "timestamp": "timestamp", "status": "status"},
        roles={"timestamp": "date", "ip_address": "identifier", "temperature_c": "number", "status": "category"},
        types={"timestamp": "datetime", "temperature_c": "number", "humidity_pct": "integer", "ip_address": "string"},
    ),
    Case(
        "bank transactions",
        """Booking Date;Value Date;Account Number;IBAN;Payee;Purpose;Amount;Currency;Balance
03.01.2026;03.01.2026;0012345678;DE89370400440532013000;City Power;Invoice 4711 for December electricity;-84,20;EUR;1.204,11
04.01.2026;05.01.2026;0012345678;DE89370400440532013000;Baker;Card payment at the bakery on the corner;-3,90;EUR;1.200,21
31.01.2026;31.01.2026;0012345678;DE89370400440532013000;ACME GmbH;Salary for January with thanks;2.950,00;EUR;4.150,21
01.02.2026;01.02.2026;0012345678;DE89370400440532013000;Landlord;Rent for February flat two;-900,00;EUR;3.250,21
""",
        {"amount": NUMBER, "currency": text(), "date": text(), "description": text()},
        ("amount",),
        maps={"currency": "Currency"},
        asks=("amount",),
        roles={"Account Number": "identifier", "Amount": "number", "Booking Date": "date", "Balance": "number"},
        types={"Account Number": "string", "Amount": "number", "Booking Date": "date", "Balance": "number"},
    ),
    Case(
        "tickets",
        """Case Number,Created At,Requester Email,Subject,Body,Internal Notes,Priority
CS-1001,2026-04-01 09:12,a@x.example,Cannot log in,"Since this morning I cannot log in any more. The page only says that the password is wrong, though I have reset it twice.",checked twice with the team today,high
CS-1002,2026-04-01 10:40,b@x.example,Refund,"You have charged me twice for the same order, please send one of the two payments back to my card as soon as you can.",waiting for billing,normal
CS-1003,2026-04-02 08:05,c@x.example,Broken lid,"The lid of the jar arrived broken and the label is torn. Could you send me another one before the weekend, please?",,normal
CS-1004,2026-04-02 11:55,d@x.example,Where is it,"My parcel should have been here on Monday. The tracking page has not changed in five days and nobody picks up the phone.",carrier asked and no answer yet,low
""",
        {
            "ticket": text("The text of the ticket."),
            "reference": text("What the reply calls the ticket."),
            "signature": text("Who signs the reply."),
        },
        ("ticket",),
        "Sorts support tickets by category, priority and sentiment, and suggests a reply.",
        maps={"ticket": "Body", "reference": "Case Number"},
        roles={"Body": "free_text", "Requester Email": "email", "Priority": "category", "Created At": "date"},
        types={"Created At": "datetime"},
    ),
    Case(
        "survey",
        """respondent,submitted_on,nps_score,age_group,comments,would_recommend
r1,2026-05-01,9,25-34,The staff was friendly and the room was spotless and quiet,true
r2,2026-05-01,3,45-54,Check in took an hour and nobody could say why it did,false
r3,2026-05-02,10,18-24,Lovely breakfast with a great view over the whole harbour,true
r4,2026-05-03,7,35-44,It was fine but a bit loud at night because of the street,true
""",
        {"feedback": text("The text that the guest wrote."), "score": INTEGER, "date": text(), "age": INTEGER},
        ("feedback",),
        maps={"feedback": "comments", "score": "nps_score"},
        asks=("date",),
        roles={"comments": "free_text", "would_recommend": "boolean", "nps_score": "number"},
        types={"would_recommend": "boolean", "nps_score": "integer", "age_group": "string"},
    ),
    Case(
        "events",
        """event_name,venue,city,start_date,end_date,start_time,ticket_price,organizer_email,max_attendees
Jazz Night,Blue Hall,Lyon,2026-06-01,2026-06-01,20:00,25.00,jazz@ev.example,200
Tech Days,Expo 3,Nice,2026-06-10,2026-06-12,09:00,149.00,tech@ev.example,1500
Food Fair,Old Port,Nantes,2026-07-04,2026-07-06,11:00,0.00,food@ev.example,5000
Run 10k,City Park,Lille,2026-09-13,2026-09-13,08:30,35.00,run@ev.example,800
""",
        {
            "city": text(),
            "location": text(),
            "start_date": text(format="date"),
            "end": text(),
            "price": NUMBER,
            "name": text(),
        },
        ("city",),
        maps={
            "city": "city",
            "location": "venue",
            "start_date": "start_date",
            "end": "end_date",
            "price": "ticket_price",
        },
        asks=("name",),
        roles={"start_time": "time", "start_date": "date", "organizer_email": "email"},
        types={"start_time": "string", "ticket_price": "number"},
    ),
    Case(
        "german customers",
        """Kundennummer;Anrede;Vorname;Nachname;Straße;Hausnr.;PLZ;Ort;Telefon;E-Mail-Adresse;Geburtsdatum;Umsatz
K-10001;Frau;Anna;Schmidt;Lindenweg;4;01067;Dresden;0351 1234567;anna@web.example;12.03.1980;1.250,00
K-10002;Herr;Jörg;Müller;Hauptstraße;22b;80331;München;089 7654321;joerg@web.example;30.11.1975;89,90
K-10003;Frau;Ute;Groß;Am Markt;1;50667;Köln;0221 998877;ute@web.example;01.01.1990;0,00
K-10004;Herr;Kai;Lang;Bergstraße;17;20095;Hamburg;040 112233;kai@web.example;24.12.1968;430,10
""",
        {
            "first_name": text(),
            "last_name": text(),
            "street": text(),
            "postal_code": text(),
            "city": text(),
            "phone": text(),
            "email": text(format="email"),
            "birth_date": text(),
            "customer_id": text(),
            "house_number": text(),
        },
        ("email",),
        maps={
            "first_name": "Vorname",
            "last_name": "Nachname",
            "street": "Straße",
            "postal_code": "PLZ",
            "city": "Ort",
            "phone": "Telefon",
            "email": "E-Mail-Adresse",
            "birth_date": "Geburtsdatum",
            "customer_id": "Kundennummer",
            "house_number": "Hausnr.",
        },
        roles={
            "PLZ": "postcode",
            "Telefon": "phone",
            "Geburtsdatum": "date",
            "E-Mail-Adresse": "email",
            "Umsatz": "number",
        },
        types={"PLZ": "string", "Geburtsdatum": "date", "Umsatz": "number", "Kundennummer": "string"},
    ),
    Case(
        "french orders",
        """N° de commande;Nom du client;Prénom;Adresse e-mail;Téléphone;Adresse;Code postal;Ville;Pays;Montant;Date de commande
C1001;Dupont;Marie;marie@mail.example;+33 1 23 45 67 89;5 rue de la Paix;75002;Paris;France;120,50;03/01/2026
C1002;Martin;Luc;luc@mail.example;+33 4 56 78 90 12;12 avenue Foch;69006;Lyon;France;89,00;15/01/2026
C1003;Leroy;Zoé;zoe@mail.example;+33 5 11 22 33 44;8 place du Marché;33000;Bordeaux;France;45,90;28/01/2026
C1004;Peeters;Jan;jan@mail.example;+32 2 123 45 67;1 rue Haute;1000;Bruxelles;Belgique;310,00;30/01/2026
""",
        {
            "email": text(),
            "phone": text(),
            "postal_code": text(),
            "city": text(),
            "country": text(),
            "amount": text(),
            "order_date": text(),
            "order_id": text(),
        },
        ("email",),
        maps={
            "email": "Adresse e-mail",
            "phone": "Téléphone",
            "postal_code": "Code postal",
            "city": "Ville",
            "country": "Pays",
            "amount": "Montant",
            "order_date": "Date de commande",
            "order_id": "N° de commande",
        },
        roles={"Pays": "country", "Code postal": "postcode", "Téléphone": "phone", "Date de commande": "date"},
        types={"Code postal": "string", "Montant": "number", "Date de commande": "date"},
    ),
    Case(
        "school",
        """student_no,student_name,parent_name,parent_phone,grade,gpa,enrolled,birthday
S001,Tim Alder,Rita Alder,555-010-2233,7,3.4,Y,2012-09-01
S002,Eva Birk,Hans Birk,555-010-2244,8,3.9,Y,2011-02-14
S003,Raj Iyer,Anu Iyer,555-010-2255,7,2.8,N,2012-12-24
S004,Lia Moss,Joe Moss,555-010-2266,9,3.1,Y,2010-06-06
""",
        {"student_name": text(), "phone": text(), "date_of_birth": text(), "score": NUMBER, "age": INTEGER},
        ("student_name",),
        maps={"student_name": "student_name", "date_of_birth": "birthday"},
        asks=("phone",),
        roles={"birthday": "date", "enrolled": "boolean", "student_no": "identifier", "parent_phone": "phone"},
        types={"enrolled": "boolean", "gpa": "number", "grade": "integer"},
    ),
    Case(
        "insurance claims",
        """claim_number,policy_no,claimant,incident_date,reported_date,claim_amount,claim_type,narrative
CL-2026-0001,POL-88120,Gwen Park,2026-01-12,2026-01-14,1200.00,water,"A pipe burst under the sink and flooded the kitchen floor while we were away."
CL-2026-0002,POL-77141,Theo Lind,2026-01-20,2026-01-20,350.00,theft,"My bicycle was taken from the locked cellar during the night of the twentieth."
CL-2026-0003,POL-90017,Sara Kim,2026-02-02,2026-02-09,9800.00,fire,"An electrical fault in the garage started a fire that damaged the roof and one car."
CL-2026-0004,POL-81555,Noah Reid,2026-02-11,2026-02-12,410.00,water,"Rain came in through the skylight and stained the ceiling and the carpet below."
""",
        {
            "text": text("The text of the claim."),
            "policy_number": text(),
            "amount": NUMBER,
            "date": text(),
            "category": text(),
        },
        ("text",),
        "Classifies insurance claims.",
        maps={"text": "narrative", "policy_number": "policy_no", "amount": "claim_amount"},
        asks=("category",),
        roles={"narrative": "free_text", "claim_number": "identifier", "claim_type": "category"},
        types={"claim_amount": "number", "incident_date": "date"},
    ),
    Case(
        "restaurants",
        """restaurant,cuisine,phone number,website,address,city,rating,review_count,last_review
Il Forno,Italian,(415) 555-0133,http://ilforno.example,12 Pine Street,San Francisco,4.5,320,The pasta was superb and the staff could not have been nicer to us
Sakura,Japanese,(415) 555-0134,http://sakura.example,88 Bush Street,San Francisco,4.1,150,Good sushi but we had to wait for almost an hour to be seated
Casa Luna,Mexican,(510) 555-0135,http://casaluna.example,7 Grand Avenue,Oakland,3.9,98,Fresh tacos and a lovely patio although the music was rather loud
Le Petit,French,(510) 555-0136,http://lepetit.example,45 Lake Road,Oakland,4.8,410,Every dish was a small work of art and worth every single cent
""",
        {
            "name": text(),
            "phone": text(),
            "url": text(format="uri"),
            "address": text(),
            "review": text("The text of the review."),
        },
        ("review",),
        maps={"phone": "phone number", "url": "website", "address": "address", "review": "last_review"},
        roles={"website": "url", "phone number": "phone", "address": "address_part", "last_review": "free_text"},
        types={"rating": "number", "review_count": "integer"},
    ),
    Case(
        "sports",
        """player_name,team,position,goals,height_cm,weight_lb,nationality,jersey_no
Mo Salim,Reds,Forward,22,175,157,Egypt,11
Eli Haal,Blues,Forward,36,194,194,Norway,9
Kev Bruyn,Blues,Midfield,7,181,154,Belgium,17
Vir Dike,Reds,Defence,3,193,203,Netherlands,4
""",
        {"weight_kg": NUMBER, "height": NUMBER, "name": text("The player."), "country": text()},
        ("name",),
        "Scores players of a team.",
        maps={"height": "height_cm", "name": "player_name"},
        roles={"nationality": "country", "height_cm": "number"},
        types={"goals": "integer", "height_cm": "integer"},
    ),
    Case(
        "cars",
        """VIN,Make,Model,Model Year,Mileage,Colour,Asking Price,Fuel Type
1HGCM82633A004352,Honda,Accord,2003,142000,Silver,4200,Petrol
WVWZZZ1JZXW000001,Volkswagen,Golf,1999,201000,Blue,1500,Diesel
5YJ3E1EA7KF317000,Tesla,Model 3,2019,48000,White,27900,Electric
JTDKB20U093456789,Toyota,Prius,2009,120500,Green,6900,Hybrid
""",
        {"brand": text(), "model": text(), "year": INTEGER, "price": NUMBER, "color": text(), "type": text()},
        ("brand", "model"),
        maps={"brand": "Make", "model": "Model", "color": "Colour", "year": "Model Year", "price": "Asking Price"},
        asks=("type",),
        roles={"VIN": "identifier", "Mileage": "number"},
        types={"Model Year": "integer", "Asking Price": "integer", "Model": "string"},
    ),
    Case(
        "flights",
        """flight_no,airline_code,origin,destination,departure_time,arrival_time,passengers,delayed
LH400,LH,FRA,JFK,2026-05-01 10:25,2026-05-01 13:05,301,0
BA117,BA,LHR,JFK,2026-05-01 08:25,2026-05-01 11:10,276,1
AF022,AF,CDG,JFK,2026-05-01 16:45,2026-05-01 19:05,266,0
UA961,UA,FRA,EWR,2026-05-01 17:20,2026-05-01 20:05,240,1
""",
        {"origin": text(), "destination": text(), "flight_number": text(), "date": text(), "country_code": text()},
        ("flight_number",),
        maps={"origin": "origin", "destination": "destination", "flight_number": "flight_no"},
        roles={"departure_time": "date", "delayed": "boolean", "flight_no": "identifier"},
        types={"departure_time": "datetime", "passengers": "integer", "delayed": "integer"},
    ),
    Case(
        "energy",
        """meter_id,reading_date,consumption_kwh,tariff,zip_code,customer_since
100000000000000001,2026-01-31,312.4,basic,02134,2011
100000000000000002,2026-01-31,1190,green,02135,2015
100000000000000003,2026-01-31,87.25,basic,02134,2020
100000000000000004,2026-01-31,455,green,02139,2018
""",
        {"postcode": text(), "energy": NUMBER, "meter": text(), "date": text()},
        ("energy",),
        maps={"postcode": "zip_code", "energy": "consumption_kwh", "date": "reading_date"},
        asks=("meter",),
        roles={"zip_code": "postcode", "meter_id": "identifier", "reading_date": "date"},
        types={"zip_code": "string", "meter_id": "string", "consumption_kwh": "number"},
    ),
    Case(
        "legal",
        """matter_no,client,opposing_party,filed_on,court,status,summary
M-17,Nordwind AG,Sudstern GmbH,2025-11-03,District Court,open,"The client claims damages for late delivery of turbines under the frame contract."
M-18,Ana Ruiz,Casa Grande SL,2025-12-12,Labour Court,settled,"Dismissal without notice during parental leave; reinstatement or severance is sought."
M-19,Delta Ltd,Omega plc,2026-01-08,High Court,open,"Alleged infringement of two patents on valve seals; an injunction has been applied for."
M-20,Jo Marsh,City Council,2026-02-15,Tribunal,open,"Appeal against refusal of planning permission for a rear extension of the house."
""",
        {
            "text": text("The text of the matter."),
            "status": {"enum": ["open", "closed", "settled"]},
            "state": text(),
            "id": text(),
        },
        ("text",),
        maps={"status": "status"},
        asks=("text", "id"),
        roles={"summary": "free_text", "filed_on": "date", "status": "category"},
        types={"filed_on": "date"},
    ),
    Case(
        "charity",
        """donor,donor_email,gift_date,gift_amount,campaign,anonymous,thank_you_sent
Mary Holt,mary@give.example,2026-03-01,$50.00,Spring,no,yes
Paul Kerr,paul@give.example,2026-03-02,"$1,200.00",Spring,no,yes
Ines Faro,ines@give.example,2026-03-05,$25.00,Water,yes,no
Sven Lund,sven@give.example,2026-03-09,$300.00,Water,no,no
""",
        {"email": text(format="email"), "amount": NUMBER, "name": text(), "date": text(format="date")},
        ("email",),
        maps={"email": "donor_email", "date": "gift_date"},
        roles={"donor_email": "email", "gift_amount": "number", "anonymous": "boolean", "gift_date": "date"},
        types={"gift_amount": "number", "anonymous": "boolean"},
    ),
    Case(
        "products",
        """SKU,Name,Brand,Short Description,Long Description,Price (EUR),Stock,EAN,Colour
SKU-001,Trail Shoe,Peak,Light shoe,"A light trail shoe with a grippy sole, made for wet rock and long descents.",129.90,12,4006381333931,Red
SKU-002,Rain Jacket,Peak,Dry jacket,"A jacket that packs into its own pocket and keeps you dry in a whole day of rain.",199.00,3,4006381333948,Blue
SKU-003,Headlamp,Lumo,Bright lamp,"A headlamp with two beams and a battery that lasts for thirty hours at low power.",59.00,40,4006381333955,Black
SKU-004,Wool Sock,Ovis,Warm sock,"A warm sock of merino wool, padded at the heel and flat at the toe seam.",19.90,220,4006381333962,Grey
""",
        {
            "title": text("What the product is called."),
            "description": text(),
            "price": NUMBER,
            "sku": text(),
            "features": text(),
        },
        ("title",),
        "Writes headline, description and keywords of a product from its title and features.",
        maps={"title": "Name", "description": "Long Description", "price": "Price (EUR)", "sku": "SKU"},
        roles={"SKU": "identifier", "EAN": "identifier", "Long Description": "free_text"},
        types={"EAN": "string", "Price (EUR)": "number", "Stock": "integer"},
    ),
    Case(
        "addresses",
        """id,addr_line1,addr_line2,town,county,post_code,country_code,ip_address,email_address
1,1 High Street,Flat 2,Oxford,Oxfordshire,OX1 1AA,GB,81.2.69.142,a@ad.example
2,22 Baker Street,,London,Greater London,NW1 6XE,GB,81.2.69.143,b@ad.example
3,5 Mill Lane,Unit 7,Leeds,West Yorkshire,LS1 1AA,GB,81.2.69.144,c@ad.example
4,9 Quay Road,,Bristol,Avon,BS1 4DJ,GB,81.2.69.145,d@ad.example
""",
        {"street": text(), "city": text(), "postcode": text(), "country": text(), "state": text(), "address": text()},
        ("street", "city"),
        maps={"street": "addr_line1", "city": "town", "postcode": "post_code", "country": "country_code"},
        roles={
            "post_code": "postcode",
            "ip_address": "identifier",
            "email_address": "email",
            "addr_line1": "address_part",
        },
        types={"id": "integer", "ip_address": "string"},
    ),
    Case(
        "spanish contacts",
        """Nombre;Apellidos;Correo electrónico;Teléfono móvil;Empresa;Dirección;Ciudad;País;Fecha de nacimiento
Lucía;García López;lucia@correo.example;+34 612 34 56 78;Sol SL;Calle Mayor 5;Madrid;España;14/02/1985
Pedro;Ruiz Vega;pedro@correo.example;+34 622 34 56 78;Mar SA;Avenida del Puerto 22;Valencia;España;30/08/1979
Marta;Soto Gil;marta@correo.example;+34 632 34 56 78;Luz SL;Plaza Nueva 1;Bilbao;España;21/11/1992
João;Silva;joao@correo.example;+351 912 345 678;Rio Lda;Rua Direita 9;Porto;Portugal;05/05/1988
""",
        {
            "email": text(),
            "last_name": text(),
            "company": text(),
            "city": text(),
            "country": text(),
            "phone": text(),
            "birth_date": text(),
        },
        ("email",),
        maps={
            "email": "Correo electrónico",
            "last_name": "Apellidos",
            "company": "Empresa",
            "city": "Ciudad",
            "country": "País",
            "phone": "Teléfono móvil",
            "birth_date": "Fecha de nacimiento",
        },
        roles={
            "Correo electrónico": "email",
            "Teléfono móvil": "phone",
            "País": "country",
            "Fecha de nacimiento": "date",
        },
        types={"Fecha de nacimiento": "date"},
    ),
    Case(
        "misspelt headers",
        """costumer_id,emial,adress,quanity,phnoe,prioirty
17,a@m.example,1 Oak Street,3,+1 202-555-0101,high
18,b@m.example,2 Oak Street,1,+1 202-555-0102,low
19,c@m.example,3 Oak Street,9,+1 202-555-0103,low
20,d@m.example,4 Oak Street,2,+1 202-555-0104,high
""",
        {"email": text(), "address": text(), "quality": INTEGER, "phone": text(), "priority": text()},
        ("email",),
        maps={"email": "emial", "address": "adress", "phone": "phnoe", "priority": "prioirty"},
        roles={"emial": "email", "phnoe": "phone"},
        types={"quanity": "integer"},
    ),
    Case(
        "names that say nothing",
        """c1,c2,c3,c4
x1,a@n.example,https://one.example.com,"[1, 2]"
x2,b@n.example,https://two.example.com,"[3]"
x3,c@n.example,https://three.example.com,"[4, 5]"
x4,d@n.example,https://four.example.com,"[]"
""",
        {"email": text(format="email"), "url": text(format="uri"), "items": {"type": "array"}, "name": text()},
        ("email",),
        maps={"email": "c2", "url": "c3"},
        roles={"c2": "email", "c3": "url", "c4": "json", "c1": "identifier"},
        types={"c4": "json"},
    ),
    Case(
        "veterinary",
        """pet_name,species,owner_name,owner_phone,owner_email,weight,birth_date,visit_reason
Rex,dog,Ann Lee,555-010-1111,a@v.example,28.5,2019-01-01,limping on the left front leg since yesterday evening
Mia,cat,Bob Ray,555-010-1112,b@v.example,4.1,2021-05-05,does not eat and hides under the bed all day long
Max,dog,Eva Dow,555-010-1113,c@v.example,12,2017-09-09,yearly vaccination and a check of the teeth and ears
""",
        {"name": text(), "phone": text(), "email": text(), "weight_kg": NUMBER, "symptoms": text(), "date": text()},
        ("name", "symptoms"),
        maps={"phone": "owner_phone", "email": "owner_email", "weight_kg": "weight"},
        asks=("name", "symptoms"),
        roles={"owner_phone": "phone", "birth_date": "date", "visit_reason": "free_text"},
        types={"weight": "number", "birth_date": "date"},
    ),
    Case(
        "call records",
        """caller_number,callee_number,start_time,duration_sec,cost,call_type
+12025550101,+12025550102,2026-01-01 10:00:00,65,0.12,outbound
+12025550103,+12025550104,2026-01-01 10:02:00,5,0.01,inbound
+12025550105,+12025550106,2026-01-01 10:05:00,600,1.20,outbound
""",
        {"phone": text(), "duration": NUMBER, "price": NUMBER, "country": text()},
        ("phone",),
        maps={"duration": "duration_sec"},
        asks=("phone", "price"),
        roles={"caller_number": "phone", "start_time": "date", "duration_sec": "number"},
        types={"caller_number": "string", "start_time": "datetime"},
    ),
)
