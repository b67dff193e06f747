"""The same of CSVs whose columns have short, run-together, partial or foreign names: what a person would call obvious, and what not."""

# ruff: noqa: E501 (rows are as long as they are)

from tests.unit.operations.csv_corpus import INTEGER, NUMBER, Case, Schema, text

DAY: Schema = {"type": "string", "format": "date"}
TRUTH: Schema = {"type": "boolean"}
SHORT_NAMES = (
    Case(
        "museum, run together",
        """OBJNO,OBJTITLE,ARTISTNM,ACQDT,INSVALGBP,LOANYN,ROOMNO
0017,Winter Ferry,Ada Strand,2001-03-04,1200,Y,12
0018,The Glass Orchard,Ben Okoro,2004-11-19,850,N,12
0023,Salt Road,Cleo Marsh,1998-07-30,15000,N,3
0031,Study in Rust,Ada Strand,2010-01-08,400,Y,7
""",
        {
            "object_title": text(),
            "object_number": text(),
            "artist_name": text(),
            "room": text(),
            "insured_value_usd": NUMBER,
        },
        ("object_title",),
        asks=("insured_value_usd",),
        maps={"object_title": "OBJTITLE", "object_number": "OBJNO", "artist_name": "ARTISTNM"},
        roles={"OBJNO": "identifier", "ACQDT": "date"},
    ),
    Case(
        "clinic, consonants",
        """pt_id,pt_nm,appt_dt,appt_tm,prov_nm,ins_cd,lang,cncl_fee
1001,"Moore, Ann",2026-01-05,09:15,"Ruiz, Eva",AET,en,0
1002,"Stone, Bob",2026-01-06,10:00,"Ruiz, Eva",BCX,es,25
1003,"Hale, Cy",2026-01-07,11:30,"Webb, Ian",AET,en,0
1004,"Park, Di",2026-01-09,14:45,"Webb, Ian",UHC,ko,25
""",
        {
            "patient_name": text(),
            "appointment_date": DAY,
            "provider_name": text(),
            "language": text(),
            "diagnosis": text(),
        },
        ("patient_name", "appointment_date"),
        maps={
            "patient_name": "pt_nm",
            "appointment_date": "appt_dt",
            "provider_name": "prov_nm",
            "language": "lang",
        },
        roles={"pt_nm": "person_name", "appt_tm": "time"},
    ),
    Case(
        "weighbridge, units",
        """Ticket,Truck Plate,Gross kg,Net kg,Moisture (%),Weighed,Wait (min),Driver
88121,AB-1234,38210,24110,14.2,02/01/2026,12,Tom Hill
88122,CD-8891,40100,26020,13.8,14/01/2026,7,Jo Vane
88123,EF-7712,36990,22800,15.1,19/01/2026,22,Al Reed
88124,AB-1234,39010,24900,14.9,23/01/2026,4,Tom Hill
""",
        {
            "ticket_id": text(),
            "net_weight_kg": NUMBER,
            "gross_weight_lb": NUMBER,
            "moisture_percent": NUMBER,
            "weighed_on": DAY,
            "wait_seconds": INTEGER,
            "driver_name": text(),
        },
        ("ticket_id", "net_weight_kg", "wait_seconds", "gross_weight_lb"),
        maps={
            "ticket_id": "Ticket",
            "net_weight_kg": "Net kg",
            "moisture_percent": "Moisture (%)",
            "weighed_on": "Weighed",
            "driver_name": "Driver",
        },
        asks=("wait_seconds", "gross_weight_lb"),
    ),
    Case(
        "streaming, camel case",
        """trackId,trackTitle,durationSec,bpm,isExplicit,releasedUtc,lang
t-901,Low Tide,214,92,true,2025-04-01T00:00:00Z,en
t-902,Paper Moons,187,120,false,2025-05-11T00:00:00Z,en
t-903,Ola Mansa,243,101,false,2024-12-24T00:00:00Z,es
""",
        {
            "duration_seconds": INTEGER,
            "explicit": TRUTH,
            "title": text(),
            "duration_minutes": NUMBER,
            "language": text(),
        },
        ("duration_seconds",),
        maps={"duration_seconds": "durationSec", "explicit": "isExplicit", "language": "lang"},
        asks=("title",),
    ),
    Case(
        "charity, verbs and nouns",
        """Donor,Donation Date,Pledge Date,Amount GBP,GiftAidYN
Iris Cole,2025-03-01,2025-01-01,20,Y
Omar Said,2025-03-09,2025-02-01,35,N
Lia Conti,2025-04-02,2025-02-11,15,Y
Noel Price,2025-05-12,2025-03-07,50,Y
""",
        {"donor_name": text(), "donated_on": DAY, "amount_gbp": NUMBER, "gift_aid": TRUTH, "thanked_on": DAY},
        ("donor_name", "thanked_on"),
        maps={
            "donor_name": "Donor",
            "donated_on": "Donation Date",
            "amount_gbp": "Amount GBP",
            "gift_aid": "GiftAidYN",
        },
        asks=("thanked_on",),
    ),
    Case(
        "matches, the only date",
        """Game,Date,Home,Away,Home Score,Away Score
1,2026.01.10,Reds,Blues,2,1
2,2026.01.17,Greens,Reds,0,0
3,2026.01.24,Blues,Greens,3,2
""",
        {"played_on": DAY, "home_team": text(), "home_goals": INTEGER},
        ("played_on",),
        maps={"played_on": "Date"},
    ),
    Case(
        "permits, two dates",
        """Permit,Filed,Issued,Applicant,Fee
P-1001,2025-01-02,2025-02-01,Kay Lund,120
P-1002,2025-01-05,2025-02-11,Abe Frost,80
P-1003,2025-01-09,2025-03-01,Zoe Hart,120
""",
        {
            "permit_number": text(),
            "filing_date": DAY,
            "approved_on": DAY,
            "applicant_name": text(),
            "fee_amount": NUMBER,
        },
        ("permit_number", "filing_date", "approved_on"),
        maps={
            "permit_number": "Permit",
            "filing_date": "Filed",
            "applicant_name": "Applicant",
            "fee_amount": "Fee",
        },
        asks=("approved_on",),
    ),
    Case(
        "workshop, German",
        """Auftragsnr.;Kennzeichen;Techniker;Prüfdatum;Wartungsdatum;Befund;Kosten (EUR);Dauer [min]
A-0091;B-XY 123;Jana Weiß;01.02.2025;03.02.2025;Bremse vorn links undicht, sofort getauscht;1.210,50;45
A-0092;M-AB 77;Kai Vogt;04.02.2025;05.02.2025;Keine Mängel an der Lenkung gefunden;89,90;30
A-0095;HH-C 9;Jana Weiß;11.02.2025;13.02.2025;Ölverlust am Getriebe, bitte beobachten;312,00;60
""",
        {
            "order_number": text(),
            "technician": text(),
            "maintenance_date": DAY,
            "findings": text(),
            "cost_eur": NUMBER,
            "duration_minutes": INTEGER,
        },
        ("findings", "cost_eur"),
        maps={
            "order_number": "Auftragsnr.",
            "technician": "Techniker",
            "maintenance_date": "Wartungsdatum",
            "findings": "Befund",
            "duration_minutes": "Dauer [min]",
        },
        asks=("cost_eur",),
        types={"Kosten (EUR)": "number"},
    ),
    Case(
        "school, Japanese",
        """学籍番号,氏名,電話番号,入学日,卒業日,備考
0012345,佐々木 花,03-1234-5678,2021/04/01,2024/03/20,来月から休学する予定です。
0012399,田中 健,03-2345-6789,2022/04/01,2025/03/20,
0012412,小林 葵,03-3456-7890,2020/04/01,2023/03/20,転校しました。
""",
        {
            "student_number": text("学籍番号 / student number"),
            "student_name": text("氏名"),
            "enrolled": {**DAY, "description": "入学 / date of enrolment"},
            "remarks": text("備考"),
        },
        ("student_number", "student_name"),
        maps={"student_number": "学籍番号", "student_name": "氏名", "enrolled": "入学日", "remarks": "備考"},
    ),
    Case(
        "freight, allcaps underscores",
        """SHPMT_NO,ORIG_STN,DEST_STN,GOODS_DESC,GROSS_T,TARE_T,HAZ_YN
500012,Lyon,Turin,Paper reels,42.1,21.0,N
500013,Lyon,Milan,Solvent drums,39.9,20.5,Y
500019,Dijon,Turin,Scrap steel,47.3,22.2,N
""",
        {
            "destination": text("Station of arrival"),
            "origin_station": text(),
            "goods": text("Description of the goods"),
            "gross_weight_kg": NUMBER,
            "hazardous": TRUTH,
        },
        ("destination", "gross_weight_kg"),
        maps={
            "destination": "DEST_STN",
            "origin_station": "ORIG_STN",
            "goods": "GOODS_DESC",
            "hazardous": "HAZ_YN",
        },
        asks=("gross_weight_kg",),
    ),
    Case(
        "short words of their own",
        """plan,port,form,part,rate,stat
basic,8080,A,10,3.5,ok
pro,443,B,20,4.0,ok
basic,22,A,30,1.0,bad
""",
        {
            "plaintiff": text(),
            "portions": INTEGER,
            "format": text(),
            "participants": INTEGER,
            "rating": NUMBER,
            "state": text(),
        },
        ("plaintiff", "portions"),
        maps={},
    ),
    Case(
        "two that are as likely",
        """donor_first_nm,donor_last_nm,chk_dt,rcpt_dt,jury_demand,jury_waived
Ann,Lee,2025-01-01,2025-01-02,Y,N
Bob,Ray,2025-02-01,2025-02-02,N,Y
Cy,Dow,2025-03-01,2025-03-02,N,N
""",
        {"donor_name": text(), "paid_on": DAY, "jury": TRUTH},
        ("donor_name", "paid_on", "jury"),
        maps={},
        asks=("donor_name", "paid_on", "jury"),
    ),
    Case(
        "an id of something else",
        """id,customer_id,total,status
9001,17,20.5,open
9002,17,11.0,paid
9003,23,7.9,open
""",
        {"customer_number": text(), "product_id": text(), "supplier_id": text()},
        ("product_id", "supplier_id"),
        maps={"customer_number": "customer_id"},
        asks=("product_id",),
    ),
    Case(
        "births, days in several formats",
        """nm,dob,regDt,wt
Ann Lee,03/05/2012,2025-01-01,3.1
Bob Ray,2009-02-27,2025-01-02,2.9
Cy Dow,18 Apr 1989,2025-01-03,3.4
""",
        {"name": text(), "date_of_birth": DAY, "registration_date": DAY, "weight_lb": NUMBER},
        ("date_of_birth",),
        maps={"name": "nm", "registration_date": "regDt", "weight_lb": "wt"},
        asks=("date_of_birth",),
        roles={"dob": "date"},
    ),
    Case(
        "descriptions that say what it is not",
        """tax_amount,net_amount,caller_no,fax_no
1.2,10.1,555-0101,555-0901
2.2,20.1,555-0102,555-0902
3.2,30.1,555-0103,555-0903
""",
        {
            "amount": {"type": "number", "description": "Amount without tax"},
            "phone": text("Number of the caller, not the fax"),
        },
        ("amount", "phone"),
        maps={"amount": "net_amount"},
    ),
    Case(
        "a column called as its entity that has something else",
        """Customer,Product,Event,Team
C-1001,Chair,2025-01-01,4
C-1002,Table,2025-01-02,5
C-1003,Lamp,2025-01-03,4
""",
        {"customer_name": text(), "event_name": text(), "team_name": text()},
        ("customer_name", "event_name"),
        maps={},
    ),
    Case(
        "housing, French",
        """Nº dossier,Locataire,Loyer (€),Surface m2,Date entrée,Date sortie,Téléphone
D-001,Léa Petit,650.00,41,12/01/2024,30/06/2025,06 11 22 33 44
D-002,Hugo Blanc,720.00,55,15/03/2024,31/08/2025,06 22 33 44 55
D-003,Nina Faure,590.00,33,20/05/2024,31/10/2025,06 33 44 55 66
""",
        {"tenant_name": text(), "rent_eur": NUMBER, "phone": text(), "move_in_date": DAY},
        ("tenant_name", "rent_eur", "move_in_date"),
        maps={"tenant_name": "Locataire", "rent_eur": "Loyer (€)", "phone": "Téléphone"},
        asks=("move_in_date",),
    ),
    Case(
        "sensors, minimum and maximum",
        """stn_cd,obs_dt,max_tmp_c,min_tmp_c,avg_hum,wnd_spd_kmh
S001,20250103,9.1,-1.0,71,12
S001,20250104,8.0,-2.2,75,20
S002,20250103,10.5,1.1,69,8
S002,20250105,11.0,2.0,66,15
S002,20250106,12.0,2.5,60,11
""",
        {
            "station_code": text(),
            "observation_date": DAY,
            "max_temperature_c": NUMBER,
            "minimum_temperature": NUMBER,
            "wind_speed_mph": NUMBER,
            "temperature": NUMBER,
        },
        ("station_code", "wind_speed_mph"),
        maps={
            "station_code": "stn_cd",
            "observation_date": "obs_dt",
            "max_temperature_c": "max_tmp_c",
            "minimum_temperature": "min_tmp_c",
        },
        asks=("wind_speed_mph",),
        roles={"obs_dt": "date"},
        types={"obs_dt": "date"},
    ),
)
