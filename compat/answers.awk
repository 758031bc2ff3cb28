# SPDX-License-Identifier: GPL-2.0 OR MIT
#
# answers.awk EXPORTS PROBE.c...: what compat/answers says of the probes.  "dir" gets the
# answers, "work" has the script that compiles.  Prints the probes that have to be asked
# by themselves.

FILENAME == ARGV[1] { exported[$1]; next }
FNR == 1 {
	path[++n] = FILENAME
	name[n] = FILENAME
	sub(/.*\//, "", name[n])
	sub(/\.c$/, "", name[n])
	of[FILENAME] = n
	# Only a probe with a question has an answer; compat/ask says so.
	alone[n] = 1
	code = 0
}
/^\/\/ Question: / { delete alone[n] }
/^\/\/ Absent: / { for (i = 3; i <= NF; i++) absent[n] = absent[n] " " $i }
/^\/\/ Export: / {
	for (i = 3; i <= NF; i++)
		if (!($i in exported) && !(n in missing))
			missing[n] = $i
}
# The old form of this probe has no need of the header: where the header is missing, the
# old form is empty.
/^#if !defined\(NGV_OTHERWISE\) \|\| __has_include/ && !code {
	otherwise[n] = without[n] = 1
	next
}
/^#include </ {
	# A header may mean something else after the code of a probe.
	if (code)
		alone[n] = 1
	if (!read_once[$2]++)
		header[++headers] = $2
	includes[n] = includes[n] (includes[n] == "" ? "" : " && ") "__has_include(" $2 ")"
	next
}
/^#define / { sub(/\(.*/, "", $2); macros[n] = macros[n] " " $2 }
/^#[ \t]*if.*NGV_OTHERWISE/ { otherwise[n] = 1 }
/^#[ \t]*(include|undef|pragma)/ { alone[n] = 1 }
!/^\/\// && !/^[ \t]*$/ { code = 1; code_of[n] = code_of[n] $0 "\n" }

# Each form of all probes in one source.  The headers come first, because "probe"
# stands for another name in each probe.
function begin(form,  i) {
	source = work "/" form ".c"
	forms[form]
	for (i = 1; i <= headers; i++)
		print "#if __has_include(" header[i] ")\n#include " header[i] "\n#endif" >source
}
function probe_begins(i,  own) {
	own = name[i]
	gsub(/-/, "_", own)
	# An error in this name is one of the probe's.
	print "#line 1 \"" path[i] "\"\n#define probe ngv_probe_" own "\n#line 1 \"" source "\"" >source
}
function probe_ends(i,  all, k, j) {
	k = split(macros[i], all, " ")
	for (j = 1; j <= k; j++)
		print "#undef " all[j] >source
	print "#undef probe" >source
}
# The probe itself; an error if one of its headers is not there
function body(i, form) {
	if (includes[i] == "" || (form == "old" && i in without))
		print "#include \"" path[i] "\"" >source
	else
		print "#if " includes[i] "\n#include \"" path[i] "\"\n#else\n#line 1 \"" path[i] \
			"\"\n#error the kernel lacks a header\n#endif\n#line 1 \"" source "\"" >source
}
function compile_both(  form, command) {
	for (form in forms) {
		close(work "/" form ".c")
		command = command "sh \"" work "/compile\" \"" work "/" form ".c\" \"" work "/" form ".log\" & "
	}
	system(command "wait")
}
# Finds which probes have errors.  A note below an error in another file names the probe:
# the other file has the name "probe", or is a header.  Errors in the new form of a probe
# whose old form compiles mean nothing.
function judge(form,  log_file, line, at, who, open, some, status, in_source, i) {
	log_file = work "/" form ".log"
	source = work "/" form ".c"
	status = 255
	while ((getline line <log_file) > 0) {
		at = line
		sub(/:.*/, "", at)
		if (line ~ /^status [0-9]+$/) {
			status = substr(line, 8)
		} else if (line ~ /^[^ ]+:[0-9]+:([0-9]+:)? (fatal )?error: /) {
			unsure = unsure || open || line ~ /: fatal error: /
			who = of[at]
			open = !who
			in_source = at == source
			some = 1
			bad[form, who] = 1
			# The compiler reports one call of a function that is not there.
			if (match(line, /(implicit declaration of|undeclared) function .[A-Za-z0-9_]+/)) {
				at = substr(line, RSTART, RLENGTH)
				sub(/.*[^A-Za-z0-9_]/, "", at)
				for (i = 1; i <= n; i++)
					if (i != who && !old[i] && code_of[i] ~ "(^|[^A-Za-z0-9_])" at "([^A-Za-z0-9_]|$)")
						alone[i] = 1
			}
		} else if (who && line ~ /: note: / && of[at] && of[at] != who) {
			# Another probe is the reason, or disturbed.
			alone[who] = alone[of[at]] = 1
		} else if (open && line ~ /^[^ ]+:[0-9]+:([0-9]+:)? note: / && of[at]) {
			who = of[at]
			open = 0
			if (in_source)
				bad[form, who] = 1
			else
				alone[who] = 1
		}
		if (who)
			why[who] = why[who] line "\n"
	}
	unsure = unsure || open || (status + 0 != 0) != (some + 0)
}
function says(i, answer, reason,  have) {
	printf "%s", reason >(dir "/" name[i] ".why")
	close(dir "/" name[i] ".why")
	have = toupper(name[i])
	gsub(/-/, "_", have)
	print "HAVE_" have " :=" answer >(dir "/" name[i] ".answer")
	close(dir "/" name[i] ".answer")
}

END {
	begin("old")
	for (i = 1; i <= n; i++) {
		if (i in alone || (!(i in otherwise) && !(i in absent)))
			continue
		probe_begins(i)
		if (i in otherwise) {
			print "#define NGV_OTHERWISE 1" >source
			body(i, "old")
			print "#undef NGV_OTHERWISE" >source
		}
		# The compiler rejects a second declaration of another kind.
		k = split(absent[i], names, " ")
		for (j = 1; j <= k; j++)
			print "#line 1 \"" path[i] "\"\n#ifdef " names[j] "\n#error there is a macro\n#endif\n" \
				"extern struct ngv_absent " names[j] ";\n#line 1 \"" source "\"" >source
		probe_ends(i)
	}
	begin("new")
	for (i = 1; i <= n; i++) {
		if (i in alone || i in missing)
			continue
		probe_begins(i)
		body(i, "new")
		probe_ends(i)
	}
	compile_both()
	judge("old")
	for (i = 1; i <= n; i++) {
		old[i] = !unsure && (i in otherwise || i in absent) && !(("old", i) in bad)
		why[i] = ""
	}
	judge("new")

	for (i = 1; i <= n; i++) {
		if (unsure || i in alone)
			print path[i]
		else if (old[i])
			says(i, "", "The old form compiles.\n")
		else if (i in otherwise || i in absent)
			if (i in missing || ("new", i) in bad)
				print path[i]
			else
				says(i, " y", "")
		else if (i in missing)
			says(i, "", missing[i] " is not exported\n")
		else if (("new", i) in bad)
			says(i, "", why[i])
		else
			says(i, " y", "")
	}
}
