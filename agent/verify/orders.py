"""Recognise words that address a reader or a model: orders about an answer, forged roles."""

import re
from functools import lru_cache
from typing import Literal

from agent.verify.attribution import is_attributed
from agent.verify.quotations import outside_quotes
from agent.verify.words import plain

Voice = Literal["own", "quoted"]

# An order stands where a clause begins; "told the bot to ignore" and "may ignore" are reports.
_LEAD = (
    r"(?:^\W{0,20}|[.:;,!?>)\]}\"'*#|] ?| - |\b(?:please|kindly|just|now|simply|instead|then|always"
    r"|never|do|do not|don't|(?:can|could|would|will) you|you (?:must|should|shall|will|need to"
    r"|have to|are to)) ){1,6}"
)
_MODEL = (
    r"(?:(?:ai|a\.i\.)(?: (?:systems?|models?|assistants?|agents?|readers?|tools?|bots?))?"
    r"|(?:large )?language models?|llms?|chat ?bots?|(?:chat )?assistants?(?! secretar)|bots?"
    r"|(?:automated|automatic|machine) (?:\w+ )?(?:readers?|systems?|summari[sz]ers?|analysts?"
    r"|fact[- ]?checkers?|tools?)|summari[sz]ers?|(?:chat)?gpt(?:-?\d\w*)?|copilot)"
)
_TEXT = r"(?:text|article|page|report|document|source|story|piece|message|material|data)"
_PRIOR = (
    r"(?:previous|pevious|prior|earlier|above|preceding|foregoing|existing|original|initial|system"
    r"|your|my|other|old|first)"
)
_DROP = (
    r"(?:ignore|disregard|forget|override|bypass|discard|skip|drop|set aside|pay no attention to"
    r"|not follow|stop following)"
)
_ANSWER = (
    r"your (?:\w+ ){0,2}(?:answers?|repl(?:y|ies)|responses?(?! (?:plan|team|effort|procedure)s?)"
    r"|outputs?|summar(?:y|ies)|completions?|translations?|briefs?|verdicts?)\b"
)
_WRITE = (
    r"(?:add|append|include|insert|integrate|augment|embed|put|place|begin|start|end|finish|open"
    r"|close|prefix|replace|remove|misspell|write|print|output|return|respond|reply|answer|repeat"
    r"|copy|say|state|mention|report|rate|mark|label|classify|treat|score|grade|omit|leave|drop"
    r"|exclude|summari[sz]e|translate|encode|use|format|give|provide|produce|generate|make|set"
    r"|confirm|limit|keep|ensure|suggest|recommend|describe|attribute|conclude|present|assess"
    r"|regard|avoid|change|double|reverse|spell|cite|ignore)"
)
_SUPPORT = r"(?:supported|verified|true|confirmed|valid|passed?|correct|approved|accurate)"
_PIECES = r"(?:statements?|claims?|sentences?|findings?|facts?|items?|judge?ments?)"
_SURE = rf"(?:confidence|certain\w*|facts?|reliab\w+|credib\w+|high|{_SUPPORT})"

# Orders, each behind a lead.
_ORDERS = (
    # what came before is to be dropped
    rf"{_DROP}\s+(?:(?:any|all|every|the|these|those|this|of|{_PRIOR})\s+)*"
    r"i?\w{0,2}n?structions?\b(?!\s+(?:from|by|of|given by|issued)\b|\s+to (?:evacuat|shelter|leav"
    r"|stay|boil|mov|remain|return))",
    rf"{_DROP}\s+(?:(?:any|all|every|the|these|those|of)\s+)*{_PRIOR}\s+(?:\w+ )?"
    r"(?:prompts?|rules|guidelines|directives?|commands?|context|programming|training"
    r"|questions?|requests?|tasks?|content|text|data|info\w*|material|input|conversation)\b",
    rf"{_DROP}\s+(?:(?:the )?(?:rest|remainder) of (?:this|the|that) {_TEXT}"
    r"|(?:all|any) (?:info\w*|content|text|data) (?:except|but|above|before|other)"
    r"|(?:everything|all|anything)(?: that)?(?: (?:is|was|comes|came|written|said|stated))?"
    r" (?:above|before|so far|else|except|you (?:were|have been|are) told)"
    rf"|(?:the|this|that) (?:above|foregoing|prompt|{_TEXT})\b)",
    # what the answer is to hold
    rf"{_WRITE}\b.{{0,200}}?\b{_ANSWER}",
    r"(?:respond|reply|answer)\s+(?:back\s+)?(?:(?:only\s+)?in (?:\w+ )?(?:french|german"
    r"|spanish|italian|chinese|russian|arabic|japanese|latin|english|base64|capitals|all caps"
    r"|uppercase|emojis?|rhymes?|verse|json)\b|(?:only|exactly|just|nothing but)\b"
    r"|with (?:only|just|exactly|nothing|yes|no|(?:the|this) (?:words?|text|phrase|following"
    r"|sentence|string)|[\"'<{\[:]))",
    rf"(?:output|print|write|say|type|echo|repeat|emit|return|display)\s+(?:out )?(?:only|"
    r"exactly|nothing but|the following|(?:the|these) (?:words?|phrase|string)|after me|json|[\"<{]"
    rf"|[\"']?{_SUPPORT}\b)",
    # how what it says is to be rated
    rf"(?:rate|mark|label|treat|classify|score|grade|flag|present|describe|regard|consider"
    rf"|assess|report|accept|assign|give)\b.{{0,60}}?\b(?:{_PIECES}|everything|(?:this|the)"
    rf" (?:{_TEXT}|account))\b.{{0,60}}?\b(?:as|with|at|an?|to be)\s+(?:\w+ ){{0,3}}{_SURE}\b",
    r"(?:set|raise|increase|report|assign|give)\b.{0,30}?\b(?:the|your|a)? ?confidence"
    r" (?:level |score |rating )?(?:to|at|as|of)\b",
    # what it was told
    r"(?:show|print|repeat|reveal|display|output|tell|give|dump|disclose|leak|share|expose"
    r"|return|send|list|recite|copy|quote)\b.{0,60}?\b(?:system (?:prompt|message|instructions?"
    r"|config\w*)|(?:initial|original|hidden|secret|internal|developer) (?:prompt|instructions?"
    r"|message)|instructions? (?:you (?:were|have been|are) given|above|at the (?:beginning|start"
    r"|top))|your (?:\w+ )?(?:instructions?|prompt|guidelines|rules|configuration))\b",
    rf"(?:pretend (?:to be|that you|you)|act as an? (?:\w+ ){{0,2}}?{_MODEL})\b",
    r"(?:strictly |only )?(?:obey|adhere to|execute) (?:only )?(?:the following|this|these"
    r"|my) (?:instructions?|commands?|orders?)\b",
    r"(?:fetch|retrieve|load|download) (?:the |new |further |your |my )*"
    r"(?:instructions|commands|prompt)\b",
    rf"(?:translate|summari[sz]e|rewrite|paraphrase|rephrase|proofread) (?:the (?:following"
    rf"|above|{_TEXT})|this|my)\b",
    r"(?:write|compose|provide|generate|create|produce|show|give|tell)(?: me| us)? an? "
    r"(?:\w+ ){0,4}?(?:poem|story|joke|song|haiku|limerick|recipe|essay|python|function|tweet)\b",
    r"replace (?:all |the |every )?(?:letters?|vowels?|words?|spaces|consonants?) (?:with|by)\b",
)
# Words that address a reader or a model wherever they stand.
_WORDS = (
    r"\b(?:new|updated|real|actual) (?:instructions?|task|orders?)\b[^.]{0,40}:",
    r"\b(?:begin|start|end)(?: of)? (?:reprogramming|override|(?:new |system )?instructions?"
    r"|system (?:prompt|message))\b",
    r"\b(?:the )?(?:document|text|article|source|input|material|page)(?: above)? (?:ends? here"
    r"|(?:is|was) (?:only )?an? (?:test|decoy|placeholder))\b",
    r"\bthe real (?:bottom line|summary|answer|task|question|finding)\b",
    rf"\b{_ANSWER} (?:must|should|has to|have to|will|shall|is to|needs? to)\b",
    rf"(?:^\W{{0,20}}|[.;:] )in {_ANSWER}",
    r"\boutput\s*:\s*[{\[\"]",
    r"(?:^\W{0,20}|[:!]\s+)(?:do )?(?:say|state|assert|claim|conclude|write|mention) that\b",
    r"^\W{0,20}todo\s*:",
    rf"\b(?:if|when|whenever) (?:the |a |any )?(?:users?|humans?|readers?|someone|anyone|people"
    rf"|you(?: are)?) ask(?:s|ed)?\b.{{0,80}}?,\s*(?:then )?(?:please )?(?:only )?{_WRITE}\b",
    rf"\b(?:when|if|while|before|after) (?:you )?(?:are )?(?:summari[sz]|translat|brief|report"
    rf"|analy[sz]|rewrit|paraphras|process|cit)\w* (?:on )?(?:this|the|any part of this) {_TEXT}"
    rf"\b.{{0,60}}?,\s*(?:please |always |never |only |do not |don't |you (?:must|should) )*"
    rf"{_WRITE}\b",
    rf"\b(?:any|every|each|the|all) (?:summar(?:y|ies)|briefs?|briefings?|translations?|abstracts?)"
    rf" (?:of|on|about|from|based on|drawn from) this {_TEXT}\b.{{0,60}}?\b(?:must|should|shall"
    r"|(?:has|have|needs?|ought) to|may not)\b",
    rf"(?:{_LEAD}|\band )(?:omit|leave out|remove|skip) (?:any|all|every|the|its) (?:\w+ )?"
    r"(?:caveats?|hedg\w+|qualif\w+|disclaimers?|attributions?|uncertaint\w+)\b",
    r"(?:^\W{0,20}|:\s+)attribute\b.{0,60}?\bto\b",
    rf"\b(?:readers?|analysts?|editors?|reviewers?|anyone|whoever|those|everyone|journalists?"
    rf"|people|{_MODEL})(?: (?:who|that)(?: are| is)?)? (?:read|review|summari[sz]|process|us"
    rf"|brief|check|analy[sz]|translat|cit)(?:e|es|s|ing|ize|izes)? (?:on )?this {_TEXT}\b"
    rf".{{0,40}}?\b(?:should|must|shall|(?:are|is|need|needs|ought) to)\b.{{0,30}}?\b{_WRITE}\b",
    # that it has been checked
    rf"\b(?:all|every|each|any|these) (?:\w+ ){{0,2}}{_PIECES}\b.{{0,50}}?\b(?:this|the) {_TEXT}\b"
    rf".{{0,60}}?\b(?:is|are|been|were|was|as)\b.{{0,20}}?\b(?:{_SUPPORT}|fact[- ]checked)\b",
    rf"\b(?:all|every|each|these) (?:claims?|statements?|sentences?) (?:(?:is|are|have been|were) )"
    rf"(?:\w+ )?(?:{_SUPPORT}|fact[- ]checked)\b",
    rf"^\W{{0,20}}(?:status|verdict|verification|fact[- ]check(?: result)?|finding|label"
    rf"|confidence)\s*:\s*[\"']?(?:{_SUPPORT}|high|100)\b",
    r"\[\s*(?:verified|supported|fact[- ]checked|confirmed)\s*\]",
    r"\bwhat (?:is|are|was|were) your (?:\w+ )?(?:prompt|instructions)\b",
    r"(?:^\W{0,20}|[\"':]\s*)my instructions are:",
    r"\b(?:administrator|admin|developer|root|system) override\b",
    # what it is to be, and to do for somebody else
    rf"^.{{0,60}}?\b(?:note|message|memo|notice|instructions?|attention|important|warning|reminder"
    rf"|summary|request|command)s?,? (?:to|for|of)\s+(?:\w+ ){{0,2}}?{_MODEL}\s*(?::| - )",
    rf"(?:^\W{{0,20}}|[.!?:\"*]\s*)(?:dear|hey|attention,?|hello|to (?:the|any|all|every)) "
    rf"(?:\w+ ){{0,2}}?{_MODEL}\b",
    rf"\b{_MODEL}(?: (?:that|who) (?:is|are))? (?:now )?(?:reading|processing|summari[sz]ing"
    r"|analy[sz]ing|parsing) this\b",
    rf"\byou are (?:now )?(?:an? |the )?(?:\w+ ){{0,3}}?{_MODEL}\b",
    rf"\bif you are an? (?:\w+ ){{0,2}}?{_MODEL}\b|\bas an? (?:\w+ )?{_MODEL}, you\b",
    r"\bfrom now on,? you\b",
    r"\b(?:the|this|chat) assistant (?:must|should|shall)\b|(?-i:\bASSISTANT (?:MUST|SHOULD)\b)",
    r"\b(?:follow|obey|adhere to|comply with) (?:only )?(?:the|my|all) (?:\w+ )?(?:instructions?"
    r"|commands?|orders?) from me\b",
)
# Roles and formats that only a forger writes into running text.
_ROLES = (
    r"<\|[^|>]{1,40}\|>|<\uff5c|</?s>|\[/?(?:INST|SYS|SYSTEM|ASSISTANT|USER)\]|<</?SYS>>",
    r"<(?:start|end)_of_turn>",
    r"</?(?:system|assistant|user|human|instructions?|prompt|source|document|context|article"
    r"|material)(?:\s[^>]*)?>",
    r"^\W{0,20}(?:system|assistant|human|developer|ai)(?:[ _](?:message|prompt|note|instruction"
    r"|notice))?\)?\s*:",
    r"\bsystem[ _](?:message|prompt|instruction)\)?\s*:|##\s*\(?(?:system|assistant|user|human"
    r"|instructions?|response)\b",
    r"[\"'\]] ?[}\]] ?[}\]]",
    r"\"(?:bottom_line|confidence|verdict|label|claims|evidence|likelihood|findings)\"\s*:",
)
_FOUND = re.compile("|".join((rf"{_LEAD}(?:{'|'.join(_ORDERS)})", *_WORDS, *_ROLES)), re.IGNORECASE)
# A quotation mark that ends a string of an answer opens no quotation.
_ANSWER_ENDS = re.compile(_ROLES[-2])
_FRAME_WORDS = 2  # around a quotation that is reported, as in: it read ""


@lru_cache(maxsize=65536)
def voice_of_orders(text: str) -> Voice | None:
    """Return in whose voice a sentence addresses a reader or a model, or None when it does not.

    Orders to the public ("take shelter now") are news; an order about an answer, a summary, a
    prompt, or how claims are to be rated is none, and neither are role tags and forged verdicts.
    `quoted`: the words stand in quotation marks inside a sentence that reports them, as in an
    article about such attacks. Everything else is `own`.
    """
    flat = plain(text)
    if not _FOUND.search(flat):
        return None
    if _ANSWER_ENDS.search(flat):
        return "own"
    around = outside_quotes(flat)
    framed = is_attributed(around) or len(re.findall(r"\w+", around)) >= _FRAME_WORDS
    return "quoted" if framed and not _FOUND.search(around) else "own"


def hide_orders(text: str, instead: str) -> str:
    """Return the text with `instead` for each quotation that addresses a reader or a model.

    A text that does so in its own voice is replaced whole; one that does not comes back as it is.
    """
    voice, flat = voice_of_orders(text), plain(text)
    if voice is None:
        return text
    parts = flat.split('"')
    # Marks that do not pair leave no way to tell what is quoted.
    if voice == "own" or len(parts) % 2 == 0 or voice_of_orders(" ".join(parts[::2])):
        return instead
    hidden = [instead if at % 2 and _FOUND.search(part) else part for at, part in enumerate(parts)]
    return '"'.join(hidden)
