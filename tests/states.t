#!/bin/sh
# SPDX-License-Identifier: GPL-2.0 OR MIT
#
# The states that dpkg can leave a package in (Debian Policy 6.5): each call of a maintainer
# script fails in turn, at its beginning and at its end.  Whatever happens, modprobe takes
# either our nouveau, whole, or the kernel's own; a package that is configured or gone
# leaves no override; and the same command once more reaches what was wanted.

# shellcheck source=tests/lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"

# shellcheck source=tests/lib/stub.sh
. "$(dirname "$0")/lib/stub.sh"

# A kernel with headers and one without; with the package, and before.
clean()
{
	stub_layer clean
	tap_later=:
	stub_kernels image-9.1-stub headers-9.1-stub image-9.2-stub
	freeze clean
}

installed()
{
	chapter clean clean
	stub_layer installed clean
	tap_later=:
	run in_chroot dpkg -i /root/debs/one.deb
	status 0
	freeze installed
}

# from clean|installed
from()
{
	stub_base
	chapter "$1" "$1"
	case $1 in
	clean) stub_layer state clean ;;
	installed) stub_layer state installed clean ;;
	esac
}

# "installed 1.0+6.12.1", "config-files ..." or nothing
# shellcheck disable=SC2016 # dpkg-query's own variables
state_of()
{
	in_chroot dpkg-query -W -f '${db:Status-Status} ${Version}' nouveau-gpuvm-dkms 2>/dev/null | sed 's/-1$//'
}

# What holds in every state
safe()
{
	is=$(state_of)
	echo "state: ${is:-gone}"
	case $is in
	installed* | config-files* | not-installed* | '')
		[ ! -e "$chroot/etc/depmod.d/$name.conf" ] || fail "$is, and an override is left"
		;;
	esac
	file=$(in_chroot modinfo -k 9.1-stub -n nouveau)
	case $file in
	*/kernel/*) ;;
	*/updates/dkms/*)
		v=$(in_chroot modinfo -F version "$file")
		for m in ngv_compat ngv_gpuvm ngv_ttm ngv_sched nouveau ngv_selftest; do
			got=$(in_chroot modinfo -k 9.1-stub -F version $m)
			same "$got" "$v" "$m"
		done
		;;
	*) fail "no nouveau" ;;
	esac
	in_tree 9.2-stub
	# dkms works for others, whatever is left of us.
	in_chroot dkms status >"$T/status" || fail 'dkms status'
	for dir in "$chroot/var/lib/dkms/$name"/*/; do
		[ -L "${dir%/}" ] || [ ! -d "$dir" ] || in_chroot test -e "${dir#"$chroot"}source/dkms.conf" ||
			fail "dkms stops at $dir for all packages"
	done
}

# is one|two|gone: the state that was wanted
is()
{
	case $1 in
	one)
		got=$(state_of)
		same "$got" "installed $one"
		stub_whole 9.1-stub $one
		;;
	two)
		got=$(state_of)
		same "$got" "installed $two"
		stub_whole 9.1-stub $two
		;;
	gone)
		case $(state_of) in installed* | half* | unpacked*) fail "$(state_of)" ;; esac
		in_tree 9.1-stub
		;;
	esac
}

# walked FROM "MARK..." NOW WANT COMMAND...: with these calls failing, COMMAND leaves the state
# NOW (one, two, gone, or "unfinished"); without, the state WANT
walked()
{
	from "$1"
	now=$3
	want=$4
	for mark in $2; do
		: >"$chroot/root/fail/$(echo "$mark" | sed "s/^one\./$one./; s/^two\./$two./")"
	done
	shift 4
	may_fail=
	[ "$1" != may_fail ] || { may_fail=y; shift; }
	run in_chroot "$@"
	status any
	echo "calls:"
	cat "$chroot/root/calls"
	safe
	[ "$now" = unfinished ] || is "$now"
	rm -rf "$chroot/root/fail"
	mkdir "$chroot/root/fail"
	# What a person is told to do, and apt does by itself
	run in_chroot dpkg --configure -a
	status any
	safe
	run in_chroot "$@"
	if [ -n "$may_fail" ]; then status any; else status 0; fi
	safe
	is "$want"
	run in_chroot dpkg -P breaks conflicts takeover nouveau-gpuvm-dkms
	status 0
	is gone
	nothing_left
	audit_clean
}

debs_in=/root/debs
install="dpkg -i $debs_in/one.deb"
upgrade="dpkg -i $debs_in/two.deb"
# It ends with an error even when it did what was asked.
deconfigure='may_fail dpkg --auto-deconfigure -i /root/debs/breaks.deb'

# An upgrade where nothing is to be built by itself leaves no override.
case_no_autoinstall()
{
	from installed
	mkdir -p "$chroot/etc/dkms"
	: >"$chroot/etc/dkms/no-autoinstall"
	run in_chroot $upgrade
	status 0
	safe
	in_tree 9.1-stub
	rm "$chroot/etc/dkms/no-autoinstall"
	run in_chroot dkms autoinstall -k 9.1-stub
	status 0
	is two
}

# What another package has deconfigured is configured when that package is gone.
case_configured_again()
{
	from installed
	run in_chroot dpkg --auto-deconfigure -i $debs_in/breaks.deb
	status fail
	safe
	in_tree 9.1-stub
	run in_chroot dpkg -P breaks
	status 0
	run in_chroot dpkg --configure -a
	status 0
	safe
	is one
}

# Unpacked and never configured: dpkg calls no prerm before it removes the package.
case_unpacked()
{
	from "$1"
	run in_chroot dpkg --unpack $debs_in/two.deb
	status 0
	safe
	stub_kernels headers-9.2-stub
	run in_chroot dpkg -r nouveau-gpuvm-dkms
	status 0
	is gone
	in_tree 9.2-stub
	run in_chroot dpkg -P nouveau-gpuvm-dkms
	status 0
	nothing_left
}

# A new kernel's headers arrive while the package is unpacked.
case_headers_between()
{
	from installed
	run in_chroot sh -c "dpkg --unpack $debs_in/two.deb && dpkg -i $debs_in/linux-headers-9.2-stub.deb"
	status 0
	run in_chroot dpkg --configure -a
	status 0
	is two
	stub_whole 9.2-stub $two
}

# Another package takes all our files: dpkg calls no script of ours but postrm disappear.
case_disappears()
{
	from installed
	run in_chroot dpkg -i $debs_in/takeover.deb
	status 0
	has "$chroot/root/calls" 'postrm disappear'
	[ ! -e "$chroot/etc/depmod.d/$name.conf" ] || fail 'an override is left'
	stub_whole 9.1-stub $one
}

# An override of an attempt that was cut short, by a version before this
case_old_override()
{
	from installed
	mkdir -p "$chroot/etc/depmod.d"
	printf 'override nouveau * kernel/drivers/gpu/drm/nouveau\n# and the directory\n' \
		>"$chroot/etc/depmod.d/$name.conf"
	in_chroot depmod 9.1-stub
	run in_chroot $upgrade
	status 0
	safe
	is two
}

state=$store.state
exec 9>&1
tap_begin "$@"
if [ -z "$tap_list" ]; then
	rm -rf "$state"
	rm -f "$debs/ready"
	mkdir -p "$state"
	# shellcheck disable=SC2154 # tap.sh's own
	tap_at_end='unlayer installed; unlayer clean'
fi

# shellcheck disable=SC2086 # commands are words
for end in '' .end; do
	tap_case install-preinst$end walked clean one.preinst.install$end gone one $install
	tap_case install-postinst$end walked clean one.postinst.configure$end unfinished one $install
	tap_case install-postrm$end walked clean "one.preinst.install$end one.postrm.abort-install$end" unfinished one $install
	tap_case remove-prerm$end walked installed one.prerm.remove$end one gone dpkg -r nouveau-gpuvm-dkms
	tap_case remove-postinst$end walked installed "one.prerm.remove$end one.postinst.abort-remove$end" unfinished gone \
		dpkg -r nouveau-gpuvm-dkms
	tap_case remove-postrm$end walked installed one.postrm.remove$end unfinished gone dpkg -r nouveau-gpuvm-dkms
	tap_case purge-postrm$end walked installed one.postrm.purge$end gone gone dpkg -P nouveau-gpuvm-dkms
	tap_case upgrade-prerm$end walked installed one.prerm.upgrade$end two two $upgrade
	tap_case upgrade-both-prerm$end walked installed "one.prerm.upgrade$end two.prerm.failed-upgrade$end" one two $upgrade
	tap_case upgrade-prerm-postinst$end walked installed \
		"one.prerm.upgrade$end two.prerm.failed-upgrade$end one.postinst.abort-upgrade$end" unfinished two $upgrade
	tap_case upgrade-preinst$end walked installed two.preinst.upgrade$end one two $upgrade
	tap_case upgrade-preinst-postinst$end walked installed \
		"two.preinst.upgrade$end one.postinst.abort-upgrade$end" unfinished two $upgrade
	tap_case upgrade-preinst-postrm$end walked installed \
		"two.preinst.upgrade$end two.postrm.abort-upgrade$end" unfinished two $upgrade
	tap_case upgrade-postrm$end walked installed one.postrm.upgrade$end two two $upgrade
	tap_case upgrade-both-postrm$end walked installed "one.postrm.upgrade$end two.postrm.failed-upgrade$end" one two $upgrade
	tap_case upgrade-postrm-preinst$end walked installed \
		"one.postrm.upgrade$end two.postrm.failed-upgrade$end one.preinst.abort-upgrade$end" unfinished two $upgrade
	tap_case upgrade-postrm-postrm$end walked installed \
		"one.postrm.upgrade$end two.postrm.failed-upgrade$end two.postrm.abort-upgrade$end" unfinished two $upgrade
	tap_case upgrade-postrm-postinst$end walked installed \
		"one.postrm.upgrade$end two.postrm.failed-upgrade$end one.postinst.abort-upgrade$end" unfinished two $upgrade
	tap_case upgrade-postinst$end walked installed two.postinst.configure$end unfinished two $upgrade
	tap_case deconfigure-prerm$end walked installed one.prerm.deconfigure$end one unfinished $deconfigure
done
tap_case install-unpack walked clean '' gone gone sh -c "dpkg -i $debs_in/clash.deb; true"
tap_case upgrade-unpack walked installed '' one one sh -c "dpkg -i $debs_in/clash.deb; true"
tap_case upgrade-unpack-postinst walked installed one.postinst.abort-upgrade unfinished one \
	sh -c "dpkg -i $debs_in/clash.deb; true"
tap_case upgrade-unpack-preinst walked installed one.preinst.abort-upgrade unfinished one \
	sh -c "dpkg -i $debs_in/clash.deb; dpkg -i $debs_in/one.deb; true"
tap_case deconfigured walked installed '' unfinished unfinished $deconfigure
tap_case abort-deconfigure walked installed breaks.preinst one unfinished $deconfigure
tap_case abort-deconfigure-postinst walked installed 'breaks.preinst one.postinst.abort-deconfigure' unfinished unfinished $deconfigure
tap_case replaced walked installed '' gone gone dpkg -i $debs_in/conflicts.deb
tap_case abort-replaced walked installed conflicts.preinst one gone dpkg -i $debs_in/conflicts.deb
tap_case abort-replaced-postinst walked installed 'conflicts.preinst one.postinst.abort-remove' unfinished gone \
	dpkg -i $debs_in/conflicts.deb
tap_case configured-again case_configured_again
tap_case no-autoinstall case_no_autoinstall
tap_case unpacked-fresh case_unpacked clean
tap_case unpacked-upgrade case_unpacked installed
tap_case headers-between case_headers_between
tap_case disappears case_disappears
tap_case old-override case_old_override
tap_done
