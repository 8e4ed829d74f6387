"""Words of research prose in every field, which say nothing about a subject.

In a large catalogue such words are frequent and are known by that. In a small one they are not, so
the list names them. Content words (*language*, *retrieval*) are not in it.
"""

from __future__ import annotations

_WORDS = """
ability able according accuracy accurate accurately achieve achieved achieves achieving adapt
adapted adapting adaptive add adding additional additionally address addresses addressing adopt
advance advanced advances advantage advantages ai aim aims algorithm algorithms allow allowing
allows alternative amount analyse analysed analyses analysis analyze analyzed analyzing
application applications applied apply applying approach approaches area areas artificial
aspect aspects assess assessing assessment assume assumption assumptions attempt automatic
automatically available average avoid aware base based baseline baselines basic benchmark
benchmarks benefit benefits best better bring brings broad build building builds built
capabilities capability capable capture captures capturing careful carefully case cases
categories category central certain challenge challenges challenging change changes choice
choose class clear close closely combination combine combined combines combining common
commonly compare compared compares comparing comparison competitive complete complex complexity
component components comprehensive computation computational compute computer computing concept
concepts condition conditional conditions conduct conducted consider considered considers
consistent consistently consists constrained constraint constraints construct constructed
construction contain contains content contribute contribution contributions controlled
conventional copyright correct corresponding cost costs cover create created creates creating
critical crucial current currently data dataset datasets day days deal decision dedicated deep
deepen define defined demonstrate demonstrated demonstrates depend depends derive derived
describe described describes description design designed designs desired despite detail
detailed details detect detecting determine develop developed developing development difference
differences different difficult difficulty direct direction directions directly discover
discuss diverse drive driven dynamic early easily easy effect effective effectively
effectiveness effects efficiency efficient efficiently effort efforts elegant elsevier
empirical empirically employ employed employs enable enables enabling end enhance enhanced
ensure entire error errors especially essential establish estimate estimated estimates evaluate
evaluated evaluating evaluation evaluations evidence examine example examples existing expected
expensive experiment experimental experimentally experiments explain explained explains
explicit explicitly explore explored explores exploring extend extended extends extension
extensive extract extracted fact factor factors fail fails fast faster feature features field
fields final finally find finding findings finds fine fit fixed flexible focus focused focuses
follow followed following follows form formal forms framework frameworks free full fully
fundamental future gain gains gap gaps general generalise generalization generalize generally
generate generated generates generating generative give given gives global goal goals good
gradient gradients great greatly growing guarantee guarantees guide guided hand handle hard
held help helps high higher highest highlight highlights highly hold holds human humans idea
identification identified identifies identify identifying impact implement implementation
implicit importance important improve improved improvement improvements improves improving
include includes including incorporate incorrect incorrectly increase increased increases
increasing increasingly independent individual influence initial input inputs insight insights
inspired instance instances instead integrate integrated integrating integration interest
interesting introduce introduced introduces introducing investigate investigated investigates
involve involves issue issues joint jointly just keep keeps key know known label labeled
labelled labels lack large largely larger largest lead leading leads learn learned learner
learners learning learns learnt led length level levels leverage leverages leveraging licence
license like likely limit limitation limitations limited limits line linear literature little
local long longer low lower lowers main mainly maintain maintains major make makes making
manner manual manually many map mapping match matches matching maximum mean meaningful means
measure measured measurement measures method methodology methods metric metrics minimal minimum
model modeling modelling models modern module modules moreover motivated move multi multiple
namely nature near necessary need needed needs network networks neural new newly non notably
novel number numbers numerous objective objectives observation observations observe observed
obtain obtained obtains offer offers online open operation operations optimal order original
outcome outcomes outperform outperforming outperforms output outputs overall overcome
overlooked pair pairs paper papers parameter parameters part particular particularly parts past
pathway pathways pattern patterns perform performance performed performing performs perspective
phase place play point points poor popular position positive possible post potential
potentially power powerful practical practice pre precise precision predict predicted
predicting predictive predicts preliminary present presented presents prevent previous
previously principled prior problem problems procedure process processed processes processing
produce produced produces producing promising proper properties property propose proposed
proposes proposing prove proved proves provide provided provides providing public publicly
purpose put quality question questions random range rate rates raw reach reaches ready real
realistic recent recently reduce reduced reduces reducing reduction related relation relations
relationship relationships relative relatively release released relevance relevant reliable
relies rely remain remains remarkable remedy replace report reported reports represent
representation representations represents reproduce reproduces require required requirement
requirements requires requiring research researchers reserved resource resources respects
response responses result resulting results reveal reveals review rich rights rigorous
rigorously robust role rule rules run runs same sample samples scale scales scenario scenarios
scheme science scientific score scores second select selected selecting selection self sequence
sequences series set sets setting settings shape share shared shares sharing short show showed
showing shown shows significant significantly similar similarity simple simply simultaneously
single size small smaller software solution solutions solve solves solving source sources space
spaces specific specifically speed stable stage stages standard start state states stay stays
step steps strategies strategy strong stronger structure structured structures struggle
struggles studied studies study style subset substantial substantially success successful
successfully suffer suffers sufficient suggest suggests suitable sums superior supervised
support supports survey system systematic systems tackle take taken takes taking target targets
task tasks technical technique techniques tend term terms tested testing theoretical theory
thereby think thorough time times tool tools total track traditional train trained training
transfer treat treated treating treats true try turn type types typical typically underlying
understand understanding unified unique universal unknown update updates usage use used useful
user users uses using usually utilize utilizes valid validate validation value values variable
variables variant variants varied variety various vary varying verified verify version view
views way ways weak whereas wide widely work works world yield yields
"""

GENERIC_WORDS = frozenset(_WORDS.split())
