package wording

// The things that sentences speak of.
const (
	money       meaning = 1 << iota // credit, balance, budget
	billing                         // the word alone
	gone                            // exhausted, exceeded, used up
	have                            // have, left, remaining
	owed                            // overdue, unpaid, negative
	topUp                           // recharge
	need                            // must, requires
	on                              // enabled, active
	off                             // not enabled
	limit                           // limit, quota, allowance
	unit                            // requests, tokens, calls
	long                            // a span of more than an hour
	short                           // a minute, a second
	ceiling                         // limited to
	prompt                          // prompt, input, conversation
	request                         // the request
	window                          // context, n_ctx
	tokens                          // tokens
	over                            // exceeds, longer than, too many
	output                          // completion, max_tokens
	span                            // length, range
	model                           // model, deployment
	unfound                         // not found, does not exist
	retired                         // sunset, decommissioned
	unavailable                     // not available, no access
	plan                            // plan, tier
	place                           // region, location
	who                             // account, organization
	project                         // project
	host                            // providers, endpoints, channels
	no                              // the word alone
	thing                           // file, thread, response
	lost                            // deleted, missing
	aName                           // an identifier, or something in quotes
	right                           // scope, permission
	lack                            // lacks, missing, insufficient
	key                             // key, token, credential
	restricted                      // restricted, read-only, not allowed
	action                          // perform, call, endpoint
	paper                           // form, terms, agreement
	sign                            // complete, accept, submit
	unsigned                        // not submitted, not accepted
	ended                           // banned, suspended
	shut                            // disabled, blocked
	entrance                        // access
	parameter                       // parameter, argument, property
	unsupported                     // unsupported, not accepted
	unknown                         // unknown, unexpected
	unusable                        // not valid, cannot be used
	schema                          // schema
	made                            // generated, produced
	form                            // tool, function, JSON
	broken                          // malformed, could not be parsed
	failed                          // failed
	choice                          // choice
	link                            // connection, body
	generated                       // generated
	contrary                        // but
	check                           // validation
	feature                         // streaming, a tool
	aString                         // a string, an array, bytes
	rate                            // rate
	address                         // IP address
	nothing                         // what a negated word becomes
)

// lexicon gives the meaning of words, and the meaning after a "not" if that differs. Words joined by "+" are one entry. A "*" stands for
// any ending. An entry without a meaning hides the meanings of its words: a credit card is not credit.
var lexicon = []struct {
	means, not meaning
	words      string
	turns      bool
}{
	{words: "not never cannot without neither unable", turns: true},
	{means: no, words: "no none", turns: true},
	{means: lack, words: "lack lacks lacking", turns: true},

	{means: money, words: "credit* balance* fund funds wallet* budget* spend spending spends prepay* prepaid payment* invoice* expenditure money"},
	{means: money | limit, words: "key+limit"},
	{means: money | owed, words: "arrears debt"},
	{means: billing, words: "billing"},
	{words: "credit+card* payment+method* load+balanc* token+budget* thinking+budget* reasoning+budget* budget+token* balanced balancer* credit+grant+date"},
	{means: money | owed, words: "trial+ended trial+has+ended trial+expired trial+has+expired no+active+subscription* no+active+plan* inactive+subscription* check+your+payment* update+your+payment* no+payment+method* valid+payment* payment+required"},
	{means: gone, not: nothing, words: "exhaust* deplet* insufficient exceed* reach* hit run+out ran+out running+out out+of used+up used+all run+dry ran+dry spent consumed been+used too+low is+gone are+gone fully+used over drained expired"},
	{means: gone, words: "not+enough no+more"},
	{means: have, not: lack, words: "have has had having remain* left"},
	{means: owed, words: "overdue unpaid negative lapsed past+due declined outstanding below"},
	{means: failed, words: "fail* error+parsing error+decoding"},
	{means: topUp, words: "recharge top+up topup add+credit* add+fund* add+more+credit* buy+credit* add+a+payment+method* add+a+credit+card* add+a+valid+payment+method*"},
	{means: need, words: "must need* require* to+be before until first please+enable"},
	{means: on, not: off, words: "enabl* activ* activat*"},
	{means: off, words: "inactive"},

	{means: limit, words: "limit limits quota* allowance* allotment* allocat* usage cap caps capacity"},
	{means: unit, words: "request requests message messages call calls use uses"},
	{means: request, words: "request requests"},
	{means: unit | tokens, words: "token tokens"},
	{means: long, words: "daily weekly monthly yearly annual* rpd tpd today per+day per+week per+month per+year a+day a+week a+month each+day each+week each+month every+day this+week this+month for+the+day for+the+week for+the+month"},
	{means: short, words: "minute* second seconds rpm tpm min"},
	{means: ceiling, words: "limited+to"},
	{means: rate, words: "rate"},

	{means: prompt, words: "prompt* input inputs message messages conversation* history text sequence n_keep chat"},
	{means: window, words: "context window n_ctx max_model_len max_seq_len max_num_tokens max_position_embeddings max_input_length max_total_tokens context_length context_window context_length_exceeded context_window_exceeded"},
	{means: over, words: "exceed* longer larger greater more+than surpass* past+the overflow* beyond too+long too+large too+big too+many reach* over > truncat* context_length_exceeded context_window_exceeded"},
	{not: over, words: "fit fits fitted"},
	{means: output, words: "output outputs completion completions max_tokens max_completion_tokens max_output_tokens max_new_tokens"},
	{means: span, words: "length lengths range size"},

	{means: model, words: "model models deployment* adapter* checkpoint*"},
	{not: unfound, words: "found find locate located exist exists existed existing known resolve*"},
	{means: unfound, words: "no+such not+in+the+list unknown nonexistent never+existed"},
	{means: retired, words: "retired sunset sunsetted shut+down discontinu* deprecated removed withdrawn turned+off switched+off taken+down"},
	{means: model | retired, words: "sunset sunsetted decommission* end+of+life end+of+its+life"},
	{means: model | unfound, words: "no+model+named no+model+called no+model+found no+model+with no+matching+model*"},
	{not: model | unfound, words: "have+a+model* have+model* know+model* know+the+model* recognize+the+model*"},
	{means: right | lack, words: "no+right* no+permission*"},
	{not: unavailable, words: "available accessible servable serve serves served offered deployed loaded access hosted provisioned installed pulled downloaded include includes included"},
	{means: unavailable, words: "unavailable inaccessible limited+preview only+available"},
	{means: have, words: "available"},
	{means: plan, words: "plan plans tier tiers subscription*"},
	{means: place, words: "region regions location locations zone zones"},
	{means: who, words: "account accounts organization* organisation* workspace* team tenant* user users consumer"},
	{means: project, words: "project projects"},
	{means: host, words: "provider providers endpoint endpoints channel channels"},

	{means: thing, words: "file files response responses assistant* thread threads vector+store* batch batches item items container* cache* cachedcontent cachedcontents guardrail* prediction* dataset* corpus corpora document documents image images session sessions upload uploads conversation conversations run runs skill skills"},
	{means: lost, words: "deleted removed missing expired"},

	{means: right, words: "scope scopes permission permissions privilege* rights data+action* project+role organization+role"},
	{means: lack, words: "missing insufficient"},
	{not: lack, words: "include includes included meet meets contain* granted"},
	{means: key, words: "key keys token credential* apikey"},
	{not: restricted, words: "allow allows allowed allowlisted permit permits permitted"},
	{means: restricted, words: "restricted read+only only+be+used limited+to may+not+act not+on+the"},
	{means: action, words: "perform action actions operation operations endpoint endpoints invoke resource profile call calls model"},
	{means: paper, words: "form forms terms agreement* license licence eula use+case*"},
	{means: paper | sign, words: "request+access"},
	{words: "form+data multipart+form* in+the+form in+terms"},
	{means: sign, not: unsigned, words: "complete completed accept accepted acceptance submit submitted sign signed fill filled agree acknowledge*"},
	{means: address, words: "ip"},

	{means: ended, words: "banned ban suspend* terminat* closed deactivat* archived deleted frozen blacklist* revoked under+review on+hold"},
	{means: shut, words: "disabled blocked locked"},
	{words: "deprecated+for enabled+for+model* may+be+suspend* may+be+terminat* may+be+banned might+be+suspend* could+be+suspend* will+be+suspend*"},
	{means: key, words: "access+token* access+key*"},
	{words: "closed+by blocked+by disabled+by locked+by restricted+by"},
	{means: entrance, words: "access"},

	{means: parameter, words: "parameter* param params argument* arg args property properties field fields option options setting settings keyword*"},
	{means: parameter | unsupported, words: "unrecognized+key unrecognized+keys"},
	{means: unsupported, words: "unsupported unrecognized unrecognised extraneous"},
	{not: unsupported, words: "support supports supported accept accepts accepted recognize* recognise*"},
	{means: unknown, words: "unknown unexpected"},
	{words: "unknown+error* unexpected+error* unknown+reason"},
	{not: unusable, words: "used valid"},
	{means: schema, words: "schema* context="},

	{means: made, words: "generat* produc* emit emitted emits return returned returns wrote output outputs call called calls respond* response answer* attempted"},
	{words: "returned+the+following+error* returned+an+error*"},
	{means: form, words: "output tool tools tooluse function functions json schema sequence xml"},
	{means: broken, words: "invalid malformed unparsable unparseable undeclared unavailable unexpected"},
	{not: broken, words: "valid parse parsed conform* match* declared in+request.tools"},
	{means: choice, words: "tool+choice tool_choice"},
	{means: link, words: "body header headers connection socket"},
	{means: generated, words: "generat* assistant* llm"},
	{means: aName, words: "id ids identifier"},
	{means: contrary, words: "but"},
	{means: check, words: "validation validate parse parsing"},
	{means: feature, words: "streaming stream tool tools feature function functions image images audio batch fine+tuning throughput response responses"},
	{means: aString, words: "string strings array arrays byte bytes mb kb character characters image images"},
}
