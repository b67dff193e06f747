"""Countries by ISO 3166-1: two letters, three letters, and the names in English, German, French and Spanish.

Codes as of ISO 3166-1, names from it and from Unicode's CLDR. A cell is compared in lower case, without accents.
"""

_TABLE = """
AD|AND|andorra|andorre
AE|ARE|united arab emirates|vereinigte arabische emirate|emirats arabes unis|emiratos árabes unidos|uae
AF|AFG|afghanistan|afganistán
AG|ATG|antigua and barbuda|antigua und barbuda|antigua et barbuda|antigua y barbuda
AI|AIA|anguilla|anguila
AL|ALB|albania|albanien|albanie
AM|ARM|armenia|armenien|arménie
AO|AGO|angola
AQ|ATA|antarctica|antarktis|antarctique|antártida
AR|ARG|argentina|argentinien|argentine
AS|ASM|american samoa|amerikanisch-samoa|samoa américaines|samoa americana
AT|AUT|austria|österreich|autriche
AU|AUS|australia|australien|australie
AW|ABW|aruba
AX|ALA|åland islands|aaland-inseln|îles åland|islas aland
AZ|AZE|azerbaijan|aserbaidschan|azerbaïdjan|azerbaiyán
BA|BIH|bosnia and herzegovina|bosnien und herzegowina|bosnie-herzégovine|bosnia y hercegovina
BB|BRB|barbados|barbade
BD|BGD|bangladesh|bangladesch
BE|BEL|belgium|belgien|belgique|bélgica
BF|BFA|burkina faso
BG|BGR|bulgaria|bulgarien|bulgarie
BH|BHR|bahrain|bahreïn|bahráin
BI|BDI|burundi
BJ|BEN|benin|benín
BL|BLM|saint barthélemy|saint-barthélemy|san bartolomé
BM|BMU|bermuda|bermudes|bermudas
BN|BRN|brunei darussalam|brunei|brunéi
BO|BOL|bolivia|bolivien|bolivie
BQ|BES|
BR|BRA|brazil|brasilien|brésil|brasil
BS|BHS|bahamas
BT|BTN|bhutan|bhoutan|bután
BV|BVT|bouvet island|bouvet-insel|île bouvet|isla bouvet
BW|BWA|botswana|botsuana
BY|BLR|belarus|biélo-russie|bielorrusia
BZ|BLZ|belize|bélize|belice
CA|CAN|canada|kanada|canadá
CC|CCK|cocos islands|kokos-inseln|îles cocos|islas cocos
CD|COD|the democratic republic of congo|demokratische republik kongo|république démocratique du congo|república democrática del congo
CF|CAF|central african republic|zentralafrikanische republik|république centre-africaine|república centroafricana
CG|COG|congo|kongo
CH|CHE|switzerland|schweiz|suisse|suiza
CI|CIV|côte d'ivoire|elfenbeinküste|costa de marfil|ivory coast
CK|COK|cook islands|cook-inseln|îles cook|islas cook
CL|CHL|chile|chili
CM|CMR|cameroon|kamerun|cameroun|camerún
CN|CHN|china|chine
CO|COL|colombia|kolumbien|colombie
CR|CRI|costa rica
CU|CUB|cuba|kuba
CV|CPV|cabo verde|cape verde|kap verde|cap vert
CW|CUW|curaçao
CX|CXR|christmas island|weihnachtsinsel|île christmas|isla christmas
CY|CYP|cyprus|zypern|chypre|chipre
CZ|CZE|czechia|czech republic|tschechische republik|république tchèque|chequia|tschechien
DE|DEU|germany|deutschland|allemagne|alemania
DJ|DJI|djibouti|dschibuti|yibuti
DK|DNK|denmark|dänemark|danemark|dinamarca
DM|DMA|dominica|dominique
DO|DOM|dominican republic|dominikanische republik|république dominicaine|república dominicana
DZ|DZA|algeria|algerien|algérie|argelia
EC|ECU|ecuador|equateur
EE|EST|estonia|estland|estonie
EG|EGY|egypt|ägypten|egypte|egipto
EH|ESH|western sahara|westsahara|sahara occidental
ER|ERI|eritrea|erythrée
ES|ESP|spain|spanien|espagne|españa
ET|ETH|ethiopia|äthiopien|ethiopie|etiopía
FI|FIN|finland|finnland|finlande|finlandia
FJ|FJI|fiji|fidschi|fidji|fiyi
FK|FLK|falkland islands|falkland-inseln|îles malouines|islas malvinas
FM|FSM|micronesia|mikronesien|micronésie
FO|FRO|faroe islands|färöer-inseln|îles féroé|islas feroe
FR|FRA|france|frankreich|francia
GA|GAB|gabon|gabun|gabón
GB|GBR|united kingdom|vereinigtes königreich|royaume-uni|reino unido|uk|u.k.|great britain|england|scotland|wales|northern ireland|grossbritannien
GD|GRD|grenada|grenade|granada
GE|GEO|georgia|georgien|géorgie
GF|GUF|french guiana|französisch-guayana|guyane française|guayana francesa
GG|GGY|guernsey|guernesey
GH|GHA|ghana
GI|GIB|gibraltar
GL|GRL|greenland|grönland|groenland|groenlandia
GM|GMB|gambia|gambie
GN|GIN|guinea|guinée
GP|GLP|guadeloupe|guadalupe
GQ|GNQ|equatorial guinea|äquatorial-guinea|guinée equatoriale|guinea ecuatorial
GR|GRC|greece|griechenland|grèce|grecia
GS|SGS|south georgia and the south sandwich islands|süd-georgia und die südlichen sandwich-inseln|géorgie du sud et îles sandwich du sud|islas georgia del sur y sandwich del sur
GT|GTM|guatemala
GU|GUM|guam
GW|GNB|guinea-bissau|guinée-bissau
GY|GUY|guyana
HK|HKG|hong kong|hongkong|hong-kong
HM|HMD|heard island and mcdonald islands|heard- und mcdonald-inseln|île heard et îles mcdonald|islas heard y mcdonald
HN|HND|honduras
HR|HRV|croatia|kroatien|croatie|croacia
HT|HTI|haiti|haïti|haití
HU|HUN|hungary|ungarn|hongrie|hungría
ID|IDN|indonesia|indonesien|indonésie
IE|IRL|ireland|irland|irlande|irlanda
IL|ISR|israel|israël
IM|IMN|isle of man|ile de man|isla de man
IN|IND|india|indien|inde
IO|IOT|british indian ocean territory|britische territorien im indischen ozean|territoires britanniques de l'océan indien|territorio británico del océano índico
IQ|IRQ|iraq|irak
IR|IRN|iran|irán
IS|ISL|iceland|island|islande|islandia
IT|ITA|italy|italien|italie|italia
JE|JEY|jersey
JM|JAM|jamaica|jamaika|jamaïque
JO|JOR|jordan|jordanien|jordanie|jordania
JP|JPN|japan|japon|japón
KE|KEN|kenya|kenia
KG|KGZ|kyrgyzstan|kirgistan|kirguizistán
KH|KHM|cambodia|kambodscha|cambodge|camboya
KI|KIR|kiribati
KM|COM|comoros|komoren|comores
KN|KNA|saint kitts and nevis|saint kitts und nevis|saint-christophe-et-niévès|san cristóbal y nieves
KP|PRK|north korea|nordkorea|corée du nord|corea del norte
KR|KOR|south korea|südkorea|corée du sud|corea del sur|korea
KW|KWT|kuwait|koweit
KY|CYM|cayman islands|kaiman-inseln|îles caïmans|islas caimán
KZ|KAZ|kazakhstan|kasachstan|kazajstán
LA|LAO|lao people's democratic republic|laos
LB|LBN|lebanon|libanon|liban|líbano
LC|LCA|saint lucia|st. lucia|sainte-lucie|santa lucia
LI|LIE|liechtenstein
LK|LKA|sri lanka
LR|LBR|liberia
LS|LSO|lesotho|lesoto
LT|LTU|lithuania|litauen|lithuanie|lituania
LU|LUX|luxembourg|luxemburg|luxemburgo
LV|LVA|latvia|lettland|lettonie|letonia
LY|LBY|libya|libyen|libye|libia
MA|MAR|morocco|marokko|maroc|marruecos
MC|MCO|monaco|mónaco
MD|MDA|moldova|moldau|moldavie|moldavia
ME|MNE|montenegro|monténégro
MF|MAF|saint martin|st. martin|saint-martin|san martín
MG|MDG|madagascar|madagaskar
MH|MHL|marshall islands|marshall-inseln|îles marshall|islas marshall
MK|MKD|north macedonia|macedonia|mazedonien|macédoine
ML|MLI|mali|malí
MM|MMR|myanmar
MN|MNG|mongolia|mongolei|mongolie
MO|MAC|macao
MP|MNP|northern mariana islands|nördliche mariannen-inseln|îles mariannes du nord|islas marianas del norte
MQ|MTQ|martinique|martinica
MR|MRT|mauritania|mauretanien|mauritanie
MS|MSR|montserrat
MT|MLT|malta|malte
MU|MUS|mauritius|maurice|mauricio
MV|MDV|maldives|maldiven|maldivas
MW|MWI|malawi|malaui
MX|MEX|mexico|mexiko|mexique|méxico
MY|MYS|malaysia|malaisie|malasia
MZ|MOZ|mozambique|mosambik
NA|NAM|namibia|namibie
NC|NCL|new caledonia|neukaledonien|nouvelle-calédonie|nueva caledonia
NE|NER|niger|níger
NF|NFK|norfolk island|norfolk-insel|île norfolk|isla norfolk
NG|NGA|nigeria|nigéria
NI|NIC|nicaragua
NL|NLD|netherlands|niederlande|pays-bas|holanda|holland|the netherlands
NO|NOR|norway|norwegen|norvège|noruega
NP|NPL|nepal|népal
NR|NRU|nauru
NU|NIU|niue
NZ|NZL|new zealand|neuseeland|nouvelle-zélande|nueva zelanda
OM|OMN|oman|omán
PA|PAN|panama|panamá
PE|PER|peru|pérou|perú
PF|PYF|french polynesia|französisch-polynesien|polynésie française|polinesia francesa
PG|PNG|papua new guinea|papua-neuguinea|papouasie-nouvelle-guinée|papúa new guinea
PH|PHL|philippines|philippinen|filipinas
PK|PAK|pakistan|paquistán
PL|POL|poland|polen|pologne|polonia
PM|SPM|saint pierre and miquelon|st. pierre und miquelon|saint-pierre-et-miquelon|san pedro y miquelón
PN|PCN|pitcairn|islas pitcairn
PR|PRI|puerto rico|porto rico
PS|PSE|palestine|palästina|palestina
PT|PRT|portugal
PW|PLW|palau|belau|palaos
PY|PRY|paraguay
QA|QAT|qatar|katar
RE|REU|réunion|reunion|la réunion|reunión
RO|ROU|romania|rumänien|roumanie|rumania
RS|SRB|serbia|serbien|serbie
RU|RUS|russian federation|russia|russland|russie|rusia
RW|RWA|rwanda|ruanda
SA|SAU|saudi arabia|saudi-arabien|arabie saoudite|arabia saudita
SB|SLB|solomon islands|solomon-inseln|îles salomon|islas salomón
SC|SYC|seychelles|seychellen
SD|SDN|sudan|soudan|sudán
SE|SWE|sweden|schweden|suède|suecia
SG|SGP|singapore|singapur|singapour
SH|SHN|saint helena|st. helena|sainte-hélène|santa helena
SI|SVN|slovenia|slowenien|slovénie|eslovenia
SJ|SJM|svalbard and jan mayen|svalbard und jan mayen|svalbard et jan mayen|svalbard y jan mayen
SK|SVK|slovakia|slowakei|slovaquie|eslovaquia
SL|SLE|sierra leone|sierra leona
SM|SMR|san marino|saint-marin
SN|SEN|senegal|sénégal
SO|SOM|somalia|somalie
SR|SUR|suriname|surinam
SS|SSD|south sudan|südsudan|sud-soudan|sudán del sur
ST|STP|sao tome and principe|sao tome und principe|sao tomé et principe|santo tomé y príncipe
SV|SLV|el salvador
SX|SXM|
SY|SYR|syrian arab republic|syria|syrien|syrie|siria
SZ|SWZ|eswatini|swaziland|swasiland|suazilandia
TC|TCA|turks and caicos islands|turks- und caicos-inseln|îles turks et caicos|islas turcas y caicos
TD|TCD|chad|tschad|tchad
TF|ATF|french southern territories|französische südgebiete|territoires français du sud|territorios franceses del sur
TG|TGO|togo
TH|THA|thailand|thaïlande|tailandia
TJ|TJK|tajikistan|tadschikistan|tadjikistan|tayikistán
TK|TKL|tokelau
TL|TLS|timor-leste|timor oriental
TM|TKM|turkmenistan|turkménistan|turkmenistán
TN|TUN|tunisia|tunesien|tunisie|túnez
TO|TON|tonga
TR|TUR|türkiye|turkey|türkei|turquie|turquía
TT|TTO|trinidad and tobago|trinidad und tobago|trinité-et-tobago|trinidad y tobago
TV|TUV|tuvalu
TW|TWN|taiwan|taiwán
TZ|TZA|tanzania|tansania|tanzanie
UA|UKR|ukraine|ucrania
UG|UGA|uganda|ouganda
UM|UMI|united states minor outlying islands|übrige inseln im pazifik der usa|dépendances américaines du pacifique|islas menores alejadas de los estados unidos
US|USA|united states|vereinigte staaten von amerika|etats-unis|estados unidos|usa|u.s.|u.s.a.|america
UY|URY|uruguay
UZ|UZB|uzbekistan|usbekistan|ouzbékistan|uzbekistán
VA|VAT|vatican|vatikanstadt|ciudad del vaticano
VC|VCT|saint vincent and the grenadines|st. vincent und die grenadinen|saint-vincent-et-les grenadines|san vicente y las granadinas
VE|VEN|venezuela|vénézuela
VG|VGB|british virgin islands|britische jungferninseln|iles vierges britanniques|islas vírgenes británicas
VI|VIR|u.s. virgin islands|amerikanische jungferninseln|iles vierges américaines|islas vírgenes americanas
VN|VNM|viet nam|vietnam
VU|VUT|vanuatu
WF|WLF|wallis and futuna|wallis und futuna|wallis-et-futuna|wallis y futuna
WS|WSM|samoa
YE|YEM|yemen|jemen|yémen
YT|MYT|mayotte
ZA|ZAF|south africa|südafrika|afrique du sud|sudáfrica
ZM|ZMB|zambia|sambia|zambie
ZW|ZWE|zimbabwe|simbabwe|zimbabue
"""  # noqa: E501

_ROWS = [row.split("|") for row in _TABLE.strip().splitlines()]
TWO_LETTERS = frozenset(row[0] for row in _ROWS)
THREE_LETTERS = frozenset(row[1] for row in _ROWS)
NAMES = frozenset(name for row in _ROWS for name in row[2:])
# Codes that are those of countries, too (CA, DE, IN …), so that codes alone do not tell.
US_STATES_TEXT = (
    "AL AK AZ AR CA CO CT DE FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND OH OK OR PA RI "
    "SC SD TN TX UT VT VA WA WV WI WY DC PR"
)
US_STATES = frozenset(US_STATES_TEXT.split())
