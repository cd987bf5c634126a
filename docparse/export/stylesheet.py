"""How the exported HTML looks: a quiet page in the reader's own fonts, light or dark, on paper too."""

COLUMN_REM = 46
"""Width of the text column, and of a whole page when pictures are drawn to its scale."""

STYLESHEET = """
:root {
  color-scheme: light dark;
  --ink: #1d1c1a; --muted: #67635c; --line: #dcd8cf; --paper: #fffefb; --wash: #f5f3ed;
  --accent: #1d5c8f; --bad: #a0262b;
  --sans: system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif;
  --serif: Charter, "Bitstream Charter", "Sitka Text", Cambria, "Noto Serif", Georgia, serif;
  --mono: ui-monospace, "SF Mono", "Cascadia Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ink: #e6e3dc; --muted: #a09b92; --line: #3c3a36; --paper: #191817; --wash: #232220;
    --accent: #86bbe6; --bad: #f0888b;
  }
}
*, ::before, ::after { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; scroll-padding-top: 1rem; }
body {
  margin: 0 auto; max-width: COLUMN; padding: 1.5rem clamp(1rem, 4vw, 2.5rem) 4rem;
  background: var(--paper); color: var(--ink);
  font: 1.0625rem/1.6 var(--serif); overflow-wrap: break-word; hanging-punctuation: first;
}
a { color: var(--accent); text-underline-offset: 0.15em; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 3px; border-radius: 2px; }
.skip { position: absolute; inset-inline-start: -100vw; }
.skip:focus { position: static; display: inline-block; margin-bottom: 0.5rem; }
:target { background: color-mix(in srgb, var(--accent) 14%, transparent); }
header, nav, summary, .notes, .failed, section.page::before, .header, .footer, .continued {
  font-family: var(--sans); font-size: 0.8125rem; line-height: 1.5;
}
header { color: var(--muted); }
header p { margin: 0; }
header strong { color: var(--ink); font-weight: 600; }
nav { margin-top: 0.5rem; }
nav ul { list-style: none; margin: 0.5rem 0 0; padding: 0; }
nav li { padding: 0.1rem 0; }
nav .l2 { padding-inline-start: 1.25rem; } nav .l3 { padding-inline-start: 2.5rem; }
nav a { text-decoration: none; color: inherit; } nav a:hover { text-decoration: underline; }
section.page { margin-top: 2rem; padding-top: 0.75rem; border-top: 1px solid var(--line); }
section.page::before { content: "Page " attr(data-page); display: block; color: var(--muted); text-align: end; }
h1, h2, h3, h4, h5, h6 {
  margin: 1.6em 0 0.5em; font-weight: 650; line-height: 1.25; text-wrap: balance; break-after: avoid;
}
h1 { font-size: 1.75rem; } h2 { font-size: 1.375rem; } h3 { font-size: 1.1875rem; }
h4, h5, h6 { font-size: 1.0625rem; } h5, h6 { font-style: italic; font-weight: 600; }
p, ul, ol, address, pre { margin: 0.75em 0; }
p { text-wrap: pretty; orphans: 2; widows: 2; }
ul, ol { padding-inline-start: 1.75em; } li { margin: 0.2em 0; } li > ul, li > ol { margin: 0.2em 0; }
li.marked { list-style: none; } li.marked > .marker { margin-inline: -1.75em 0.5em; }
li.marked > .marker { display: inline-block; min-width: 1.25em; }
address { font-style: normal; color: var(--muted); margin-bottom: 1.25em; }
aside { margin: 0.5em 0; padding-top: 0.35em; font-size: 0.875rem; line-height: 1.5; }
aside p { margin: 0; }
aside::before { content: ""; display: block; width: 4rem; border-top: 1px solid var(--line); margin-bottom: 0.35em; }
aside + aside { margin-top: 0; } aside + aside::before { display: none; }
.header, .footer { color: var(--muted); margin: 0.25em 0; }
figure { margin: 1.5em 0; break-inside: avoid; }
figure img, .drawing, .placeholder { display: block; margin: 0 auto; max-width: 100%; height: auto; }
figure img { background: #fff; border-radius: 2px; }
.pair { display: flex; flex-wrap: wrap; gap: 1.5rem; align-items: center; justify-content: center; }
.pair > * { margin: 0; }
.placeholder {
  display: flex; align-items: center; justify-content: center; min-width: min(100%, 9rem);
  min-height: 3.5rem; max-height: 14rem; padding: 0.5rem;
  border: 1px dashed var(--line); border-radius: 4px; background: var(--wash); overflow: hidden;
}
.placeholder::before {
  content: attr(aria-label); color: var(--muted); font: 0.8125rem/1.4 var(--sans); text-align: center;
  overflow-wrap: anywhere;
}
figcaption, caption, p.caption { color: var(--muted); font-size: 0.9rem; line-height: 1.5; }
figcaption, caption { text-align: center; text-wrap: balance; padding: 0.6em 0; }
figcaption p, caption p { margin: 0; }
figure details { margin: 0.5em auto; color: var(--muted); }
figure details[open] { color: inherit; } figure details > p { margin-inline-start: 1.1em; font-size: 0.9375rem; }
figure.formula .scroll { text-align: center; padding: 0.25rem 0; }
.scroll { overflow-x: auto; margin: 1.5em 0; } figure .scroll { margin: 0; }
math { font-size: 1.05em; } math[display="block"] { margin: 0.4em auto; }
table { border-collapse: collapse; margin: 0 auto; font-size: 0.9375rem; line-height: 1.4; }
table, td, th { font-variant-numeric: tabular-nums lining-nums; }
td, th { border: 1px solid var(--line); padding: 0.35em 0.65em; text-align: start; vertical-align: top; }
th { background: var(--wash); font-weight: 600; } tr { break-inside: avoid; } thead { break-inside: avoid; }
caption.below { caption-side: bottom; }
sup { font-size: 0.75em; line-height: 0; }
sup a { text-decoration: none; padding: 0 0.1em; }
code, pre { font-family: var(--mono); font-size: 0.875em; }
pre { overflow-x: auto; padding: 0.75rem 1rem; background: var(--wash); border-radius: 4px; line-height: 1.5; }
p.code { text-align: center; }
code.latex { background: var(--wash); padding: 0.1em 0.3em; border-bottom: 1px dotted var(--bad); }
code { overflow-wrap: anywhere; } pre code { font-size: 1em; overflow-wrap: normal; }
summary { color: var(--muted); cursor: pointer; width: fit-content; }
.notes { margin-top: 1.5rem; color: var(--muted); }
.notes ul { margin: 0.4rem 0 0; padding-inline-start: 1.2em; }
.failed {
  margin: 1rem 0; padding: 0.5rem 0.75rem; border-inline-start: 3px solid var(--bad); background: var(--wash);
}
.failed, .notes .error { color: var(--bad); }
.invalid { color: var(--bad); text-align: center; margin: 0.25em 0; font: 0.8125rem/1.5 var(--sans); }
@page { margin: 18mm 16mm; }
@media print {
  :root {
    color-scheme: light;
    --ink: #000; --muted: #444; --line: #bbb; --paper: #fff; --wash: #f4f4f4; --accent: #000; --bad: #000;
  }
  body { max-width: none; padding: 0; font-size: 10.5pt; }
  nav, .notes, .skip { display: none; } section.page { break-before: page; border: 0; margin: 0; }
  section.page:first-child { break-before: auto; } .scroll { overflow: visible; }
  details::details-content { content-visibility: visible; } /* paper cannot be clicked */
  .picture img ~ details { display: none; } /* its words are to be seen */
  details { break-inside: avoid; } summary { list-style: none; }
}
""".replace("COLUMN", f"{COLUMN_REM}rem")
