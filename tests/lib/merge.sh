# SPDX-License-Identifier: GPL-2.0 OR MIT
# shellcheck shell=sh
#
# Several runs of lab/vm/run as one TAP stream.  Source this file.

# merge: joins the TAP streams on standard input, each line as soon as it arrives (mawk
# waits for more).  Results get new numbers; subtests stay as they are.  A line "run NAME"
# puts NAME- before the names of the results that follow.  merge fails if a line "status N",
# the exit status of the runs, has another N than 0, if a result is "not ok", or if there
# is no result.
merge()
{
	merge_n=0
	merge_status=0
	merge_run=
	merge_failed=
	while IFS= read -r line; do
		case $line in
		'status '[0-9]*) merge_status=${line#status } ;;
		'run '[a-z0-9]*) merge_run=${line#run }- ;;
		1..[0-9]*) ;;
		'ok '[0-9]* | 'not ok '[0-9]*)
			merge_n=$((merge_n + 1))
			echo "${line%%[0-9]*}$merge_n - $merge_run${line#* - }"
			case $line in not*) merge_failed=y ;; esac
			;;
		*) printf '%s\n' "$line" ;;
		esac
	done
	echo "1..$merge_n"
	[ "$merge_status" = 0 ] && [ -z "$merge_failed" ] && [ "$merge_n" != 0 ]
}
