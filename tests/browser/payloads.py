"""Texts that try to run scripts in other users' pages or to break the layout.

Each script sets `window.pwned` if it runs.
"""

SCRIPT = "window.pwned=1"

MARKUP = [
    f"<script>{SCRIPT}</script>",
    f"</title><script>{SCRIPT}</script>",
    f"</p></article></textarea></style><script>{SCRIPT}</script>",
    f"<img src=x onerror={SCRIPT}>",
    f"<img src='https://evil.example/pixel.png' onload={SCRIPT}>",
    f"<svg onload={SCRIPT}><animate onbegin={SCRIPT} attributeName=x></svg>",
    f"<svg><script>{SCRIPT}</script></svg>",
    f"<math><mtext></form><form><mglyph><style></math><img src onerror={SCRIPT}>",
    f"<iframe srcdoc='<script>parent.{SCRIPT}</script>'></iframe>",
    f"<object data='javascript:{SCRIPT}'></object><embed src='javascript:{SCRIPT}'>",
    f"<a href='javascript:{SCRIPT}'>click</a>",
    f"<body onload={SCRIPT}><input autofocus onfocus={SCRIPT}>",
    f"<details open ontoggle={SCRIPT}><summary>more</summary></details>",
    f"<video><source onerror={SCRIPT}></video><audio src=x onerror={SCRIPT}>",
    f"<div style='position:fixed;inset:0;background:url(javascript:{SCRIPT})'>over</div>",
    "<style>* { display: none !important } @import 'https://evil.example/style.css';</style>",
    "<link rel=stylesheet href=https://evil.example/style.css><base href=https://evil.example/>",
    "<meta http-equiv=refresh content='0;url=https://evil.example/'>",
    f"<form action='javascript:{SCRIPT}'><button formaction='javascript:{SCRIPT}'>go</button></form>",
    f"<!--><img src=x onerror={SCRIPT}>-->",
    f"<template><script>{SCRIPT}</script></template><noscript><p title='</noscript><img src=x onerror={SCRIPT}>'>",
    f"&lt;script&gt;{SCRIPT}&lt;/script&gt; &#60;img src=x onerror={SCRIPT}&#62; &amp;amp;",
    f'" onmouseover="{SCRIPT}" x="\' onmouseover=\'{SCRIPT}',
    f"${{{SCRIPT}}} {{{{{SCRIPT}}}}} #{{{SCRIPT}}} <%= {SCRIPT} %> `${{{SCRIPT}}}`",
    f"{{{{constructor.constructor('{SCRIPT}')()}}}} __proto__ constructor toString",
    f"\\u003cscript\\u003e{SCRIPT}\\u003c/script\\u003e \\x3cscript\\x3e",
    f'**bold** _it_ [link](javascript:{SCRIPT}) ![pic](x" onerror="{SCRIPT})',
    "{name} {count} {0} %s %(name)s $& $1 $$",
    '\'; DROP TABLE messages; -- {"$where": "sleep(9)"}',
]

ADDRESSES = [
    f"javascript:{SCRIPT}",
    f"JaVaScRiPt://example.org/%0A{SCRIPT}",
    f"java\tscript:{SCRIPT}",
    f"data:text/html,<script>{SCRIPT}</script>",
    f"data:text/html;base64,PHNjcmlwdD4= vbscript:{SCRIPT} blob:null/1 file:///etc/passwd",
    f"https://example.org/javascript:{SCRIPT}",
    f"https://example.org/?q=<script>{SCRIPT}</script>",
    f'https://example.org/"onmouseover="{SCRIPT}"',
    f"https://example.org/'onmouseover='{SCRIPT}'",
    "https://user:secret@example.org:99999/ http://[::1]:80/ https://exa mple.org http:// https://%",
    "http://example.org/a_(b) (https://example.org/c), https://example.org/d. <https://example.org/e>",
    f"mailto:eve@example.org?subject=<script>{SCRIPT}</script> mailto:nobody",
    f"#ting #TING #javascript:{SCRIPT} #<b> #.. #api #./../x",
    "https://пример.example/ https://xn--e1afmkfd.example/ https://example.org/\u202egpj.exe",
]

LAYOUT_BREAKERS = [
    "\u202eright to left override without an end",
    "\u2066\u2067\u2068 isolates without an end, \u202a\u202b embeddings too",
    "\u0645\u0631\u062d\u0628\u0627 from right to left https://example.org/\u0645\u0631\u062d\u0628\u0627",
    "z\u0351\u036b\u0343\u036a\u0302\u036b\u033d" * 40,
    "W" * 500,
    "https://example.org/" + "x" * 1200,
    "\u00a0".join(["glued"] * 60),
    "\ufdfd" * 30,
    "a\u200bb\u200dc\ufeffd\u2028e\u2029f",
    "one\n\n\n\ntwo\n\tthree",
    "👩‍👩‍👧‍👦🏴󠁧󠁢󠁥󠁮󠁧󠁿" * 30,
    "constructor",
    "__proto__",
]

MESSAGES = MARKUP + ADDRESSES + LAYOUT_BREAKERS
TOPICS = [text for text in MESSAGES if len(text) <= 200 and text.isprintable()] + ["W" * 200]

NAMES = [
    "'\"`;:/\\|{}[]()$#",
    "\"onload=pwned=1;'",
    "javascript:pwned=1",
    "${pwned=1}`{{7*7}}",
    "&lt;script&gt;",
    "../../static/x",
    "__proto__",
    "constructor",
    "W" * 20,
]

# Names that the rules forbid, but that a faulty server could send.
FORBIDDEN_NAMES = [f"<img src=x onerror={SCRIPT}>", f"<script>{SCRIPT}</script>", "\u202eeve", "W" * 300]
