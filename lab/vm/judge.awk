# SPDX-License-Identifier: GPL-2.0 OR MIT
#
# Judges one test: reads the output of the test and the kernel log of its time, and
# writes TAP: the subtests, diagnostics, and one line "ok" or "not ok".
#
#	awk -v name=NAME -v number=N -v subtests=log|output|none -v status=N
#	    -v taint=N -v before=N [-v memory=fails] [-v trouble=TEXT]
#	    [-v reports=FILE] -f judge.awk output log
#
# status is the exit status of the test; trouble describes what happened instead of an
# exit. taint and before are the kernel's taint flags after and before the test.  With
# memory=fails, messages about failed allocations are ignored. reports is a file with
# the reports of the GPU model during the test.

BEGIN {
	# A line of the kernel log that matches fails the test.
	complaint = "WARNING: |BUG: |kernel BUG|Kernel panic|Oops|general protection" \
		"|KASAN|UBSAN|ODEBUG|DEBUG_LOCKS|lockdep|INFO: task .* blocked" \
		"|rcu.*stall|INFO: trying to register|suspicious RCU" \
		"|soft lockup|hard LOCKUP|workqueue lockup|hogged CPU" \
		"|unable to handle|page fault for|Bad page|bad page|use-after-free|corrupt" \
		"|refcount_t:|Call Trace:|kmemleak: .* suspected" \
		"|sysfs: cannot create|kobject_add_internal failed|already present" \
		"|Objects remaining|still has objects|unchecked MSR|cut here" \
		"|turning off the locking|duplicate symbol|Unknown symbol|disagrees about version" \
		"|no symbol version|Invalid module format|Slab.*poison" \
		"|memory leak|vm: .* hangs"
	# Messages of kernels with the feature, or of a kernel that boots
	harmless = "Lock dependency validator|lockdep-[a-z]|KernelAddressSanitizer" \
		"|kmemleak: (Kernel memory leak detector|Automatic|Cannot)|kmemleak: .*disabled at boot" \
		"|RCU lockdep checking|memory used by lock dependency" \
		"|rcu_cpu_stall|RCU CPU stall|Oops=panic|oops=panic"
}

function add(text)
{
	lines[++count] = text
}

function why(text)
{
	reasons[++bad] = text
}

# Subtests may be nested.  A result belongs to the plan of the same depth.
function subtest(line,    depth)
{
	match(line, /^ */)
	depth = RLENGTH
	sub(/^ +/, "", line)
	if (line ~ /^1\.\.[0-9]+/) {
		plan[depth] = substr(line, 4) + 0
		seen[depth] = seen[depth] + 0
		if (plan[depth] == 0)
			why("a plan of no tests")
	} else if (line ~ /^(not )?ok( |$)/) {
		seen[depth]++
		results++
		skips += line ~ /# SKIP/
		if (line ~ /^not / && line !~ /# (TODO|SKIP)/)
			why("subtest failed: " substr(line, 8))
		# Results one level deeper belong to this result.
		close_depths(depth + 1)
	} else if (line ~ /^Bail out!/) {
		why(line)
		line = "# " line
	} else if (line !~ /^(#|KTAP|TAP)/) {
		return 0
	}
	if (line !~ /^TAP/)
		add("    " sprintf("%" depth "s", "") line)
	return 1
}

function close_depths(from,    d)
{
	for (d in plan) {
		if (d + 0 < from)
			continue
		if (plan[d] != seen[d])
			why(seen[d] " subtests of " plan[d] " were run")
		delete plan[d]
		delete seen[d]
	}
}

FNR == 1 { file++ }
{ sub(/\r$/, "") }

# The output of the test
FILENAME == ARGV[ARGC - 2] {
	if (subtests == "output" && subtest($0))
		next
	printed[++nprinted] = $0
	next
}

# The kernel log
{
	text = $0
	sub(/^\[ *[0-9.]+\](\[ *[TC][0-9]+\])? ?/, "", text)
	if (subtests == "log" && subtest(text))
		next
	if (memory == "fails") {
		# The report of the allocator, from its first line to the state of the
		# memory
		if (text ~ /(allocation failure|vmalloc error): .*mode:0x/)
			report = 1
		if (report || text ~ /(error: |err )-12/) {
			if (text ~ /^Mem-Info:/)
				report = 0
			next
		}
	}
	if (text ~ complaint && text !~ harmless) {
		# The line after "cut here" has the description.
		if (text !~ /cut here/ && !told++)
			why("kernel: " text)
		nsplat++
	}
	if (nsplat && shown < 80)
		splat[++shown] = text
	else if (text !~ /^(vm|audit): /)
		tail[ntail++ % 12] = text
}

# Returns the names of new taint flags.  Modules from outside the kernel (O) and
# unsigned modules (E) are allowed: these are the modules under test.
function new_taint(    letters, bit, names, now, then)
{
	letters = "PFSRMBUDAWCIOELKXTN"
	now = taint
	then = before
	for (bit = 1; bit <= length(letters); bit++) {
		if (now % 2 && !(then % 2) && bit != 13 && bit != 14)
			names = names substr(letters, bit, 1)
		now = int(now / 2)
		then = int(then / 2)
	}
	return names
}

END {
	close_depths(0)
	if (nsplat && !told)
		why("kernel: " splat[1])
	while (reports != "" && (getline line < reports) > 0) {
		if (!nreports++)
			why(line)
		else if (nreports <= 120)
			finding[nreports] = line
	}
	if (trouble != "")
		why(trouble)
	else if (status != 0 && status != 77)
		why("exit status " status)
	if (trouble == "" && (names = new_taint()) != "")
		why("the kernel is tainted: " names)
	if (subtests != "none" && !results && status != 77)
		why("no subtest reported")

	if (count) {
		print "    # Subtest: " name
		for (i = 1; i <= count; i++)
			print lines[i]
	}
	if (bad) {
		for (i = 1; i <= bad && i <= 20; i++)
			print "# " reasons[i]
		for (i = 2; i <= nreports && i <= 120; i++)
			print "#   model: " finding[i]
		for (i = 1; i <= nprinted; i++)
			if (i <= 10 || i > nprinted - 60)
				print "#   printed: " printed[i]
		if (nsplat)
			for (i = 1; i <= shown; i++)
				print "#   kernel: " splat[i]
		else
			for (i = ntail > 12 ? ntail - 12 : 0; i < ntail; i++)
				print "#   kernel: " tail[i % 12]
		print "not ok " number " - " name
	} else if (status == 77) {
		sub(/^skipped: /, "", printed[nprinted])
		print "ok " number " - " name " # SKIP " printed[nprinted]
	} else if (results && results == skips) {
		print "ok " number " - " name " # SKIP every subtest was skipped"
	} else {
		for (i = 1; i <= nprinted; i++)
			print "#   " printed[i]
		print "ok " number " - " name
	}
	exit bad != 0
}
