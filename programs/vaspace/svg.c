// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Elements of SVG, and what they look like: light or dark as the reader's screen
 * is, light on paper. Programs that know nothing of that get the light one.
 */
#include <stdarg.h>
#include <string.h>

#include "vaspace.h"

static const char style[] =
	"svg{--page:#ffffff;--ink:#1f2430;--soft:#6b7280;--line:#d5d9e0;--band:#f5f6f8;--bad:#d4351c}\n"
	"text{font:11px ui-sans-serif,system-ui,'Helvetica Neue',Arial,sans-serif;fill:#1f2430;fill:var(--ink)}\n"
	".page{fill:#ffffff;fill:var(--page)} .band{fill:#f5f6f8;fill:var(--band)}\n"
	".h{font-size:17px;font-weight:600} .soft{fill:#6b7280;fill:var(--soft)}\n"
	".mono{font-family:ui-monospace,'DejaVu Sans Mono',Menlo,Consolas,monospace;font-size:10px}\n"
	".end{text-anchor:end} .mid{text-anchor:middle} .in{pointer-events:none;font-size:10px} .on{fill:#ffffff} .hit{fill:#000000;fill-opacity:0}\n"
	".grid{stroke:#d5d9e0;stroke:var(--line);stroke-width:1} .brk{stroke:#6b7280;stroke:var(--soft);stroke-width:1;stroke-dasharray:2 3}\n"
	".m{stroke:#ffffff;stroke:var(--page);stroke-width:.6} .m:hover{stroke:#1f2430;stroke:var(--ink);stroke-width:1.5}\n"
	".v0{fill:#2b6cb0}.v1{fill:#4a8fd4}.v2{fill:#6ba9e6}.v3{fill:#1f4e8c}.v4{fill:#3a7cc2}\n"
	".c0{fill:#c05621}.c1{fill:#dd7a3b}.c2{fill:#e58f54}.c3{fill:#97400f}.c4{fill:#cf6830}\n"
	".n0{fill:#2f855a}.n1{fill:#48a877}.n2{fill:#74c39a}.n3{fill:#1f6342}.n4{fill:#3b966a}\n"
	".s{fill:url(#sparse)} .sp{stroke:#8a92a0;stroke:var(--soft);stroke-width:1} .spb{fill:#e9ecf1;fill:var(--band)}\n"
	".k{fill:#9aa3b2;opacity:.45}\n"
	".e0{fill:#6b46c1}.e1{fill:#8a92a0}.e2{fill:#0f766e}.e3{fill:#2b6cb0}.e4{fill:#b7791f}.e5{fill:#d4351c;fill:var(--bad)}\n"
	".to{fill:#1f2430;fill:var(--ink);fill-opacity:.75} .at{fill:none;stroke:#1f2430;stroke:var(--ink);stroke-width:.9;stroke-opacity:.7}\n"
	".x{stroke:#d4351c;stroke:var(--bad);stroke-width:2.5;fill:none} .xl{stroke:#d4351c;stroke:var(--bad);stroke-width:1;stroke-dasharray:3 3}\n"
	"@media screen and (prefers-color-scheme:dark){svg{--page:#0f141b;--ink:#e6e9ee;--soft:#97a1b0;--line:#2b3340;--band:#171d26;--bad:#ff6b57}\n"
	".v0{fill:#3f86d1}.v1{fill:#63a6ea}.v2{fill:#79b0e8}.v3{fill:#2f65a7}.v4{fill:#4f96df}\n"
	".c0{fill:#d96c31}.c1{fill:#e5854a}.c2{fill:#ec9c66}.c3{fill:#b3531b}.c4{fill:#e47f45}\n"
	".n0{fill:#3da06f}.n1{fill:#5cc08d}.n2{fill:#6cc598}.n3{fill:#2c7a54}.n4{fill:#4bb07e}\n"
	".e0{fill:#a78bfa}.e2{fill:#2dd4bf}.e3{fill:#63a6ea}.e4{fill:#e0b04f}}\n";

static const char *const hatching[] = {
	"<defs><pattern id=\"sparse\" width=\"6\" height=\"6\"",
	" patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(45)\">",
	"<rect class=\"spb\" width=\"6\" height=\"6\"/><path class=\"sp\" d=\"M0 0V6\"/>",
	"</pattern></defs>\n",
};

static void escaped(FILE *out, const char *text)
{
	for (; *text; text++) {
		switch (*text) {
		case '<':
			fputs("&lt;", out);
			break;
		case '>':
			fputs("&gt;", out);
			break;
		case '&':
			fputs("&amp;", out);
			break;
		case '"':
			fputs("&quot;", out);
			break;
		default:
			/* What XML 1.0 cannot have, and what may not be UTF-8 */
			fputc((*text < ' ' && *text != '\n') || *text == 127 ? '?' : *text, out);
		}
	}
}

/* At most one decimal: what a screen can show, in few bytes. */
static void number(FILE *out, const char *name, double value)
{
	char text[32];
	size_t len;

	snprintf(text, sizeof(text), "%.1f", value);
	len = strlen(text);
	if (len > 2 && !strcmp(text + len - 2, ".0"))
		text[len - 2] = 0;
	fprintf(out, " %s=\"%s\"", name, text);
}

void svg_begin(FILE *out, double width, double height, const char *title, const char *about)
{
	unsigned int i;

	fprintf(out, "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %.0f %.0f\" width=\"%.0f\" height=\"%.0f\" role=\"img\">\n",
		width, height, width, height);
	fputs("<title>", out);
	escaped(out, title);
	fputs("</title>\n<desc>", out);
	escaped(out, about);
	fprintf(out, "</desc>\n<style>%s</style>\n", style);
	for (i = 0; i < ARRAY_SIZE(hatching); i++)
		fputs(hatching[i], out);
	fprintf(out, "<rect class=\"page\" width=\"%.0f\" height=\"%.0f\"/>\n", width, height);
}

void svg_end(FILE *out)
{
	fputs("</svg>\n", out);
}

void svg_text(FILE *out, double x, double y, const char *class, const char *fmt, ...)
{
	char text[512];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	fputs("<text", out);
	number(out, "x", x);
	number(out, "y", y);
	if (class)
		fprintf(out, " class=\"%s\"", class);
	fputc('>', out);
	escaped(out, text);
	fputs("</text>\n", out);
}

void svg_rect(FILE *out, double x, double y, double w, double h, const char *class,
	      const char *fmt, ...)
{
	char text[512];
	va_list args;

	fprintf(out, "<rect class=\"%s\"", class);
	number(out, "x", x);
	number(out, "y", y);
	number(out, "width", w);
	number(out, "height", h);
	if (!fmt) {
		fputs("/>\n", out);
		return;
	}
	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	fputs("><title>", out);
	escaped(out, text);
	fputs("</title></rect>\n", out);
}

void svg_line(FILE *out, double x, double y, double x2, double y2, const char *class)
{
	fprintf(out, "<line class=\"%s\"", class);
	number(out, "x1", x);
	number(out, "y1", y);
	number(out, "x2", x2);
	number(out, "y2", y2);
	fputs("/>\n", out);
}

const char *bytes_text(uint64_t size, char buf[32])
{
	static const char *const units[] = { "B", "KiB", "MiB", "GiB", "TiB", "PiB" };
	double value = (double)size;
	unsigned int u = 0;

	while (value >= 1024 && u + 1 < ARRAY_SIZE(units)) {
		value /= 1024;
		u++;
	}
	/* 64 KiB, but 1.5 MiB */
	if (value == (uint64_t)value || value >= 100)
		snprintf(buf, 32, "%.0f %s", value, units[u]);
	else
		snprintf(buf, 32, "%.3g %s", value, units[u]);
	return buf;
}
