#!/bin/sh
# SPDX-License-Identifier: GPL-2.0 OR MIT
#
# The source package and the .deb, as files.

# shellcheck source=tests/lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"

# shellcheck disable=SC2154 # tap.sh sets top
deb_dir=$top/build/deb$("$top/src/nouveau/channel" suffix)

made()
{
	"$top/tools/make-deb"
	deb=$(echo "$deb_dir"/nouveau-gpuvm-dkms_*.deb)
	dsc=$(echo "$deb_dir"/*.dsc)
	bundle=$(echo "$deb_dir"/bundle/*.dsc)
	version=${deb#*_}
	version=${version%-*}
}

# declared FILE: the licence that a file of the kernel says it is under
declared()
{
	tag=$(sed -n '1,20s|.*SPDX-License-Identifier: *||p' "$1" | head -n 1 |
		sed 's| *\*/.*||; s|[()]||g')
	case $tag in
	'') ;;
	'GPL-2.0 OR MIT') echo 'GPL-2.0-only or MIT'; return ;;
	GPL-2.0) echo GPL-2.0-only; return ;;
	*) echo "$tag"; return ;;
	esac
	if head -c 6000 "$1" | grep -q 'Permission is hereby granted, free of charge'; then
		echo MIT
	elif head -c 6000 "$1" | grep -q 'either version 2 of the License, or'; then
		echo GPL-2.0-or-later
	else
		# The kernel's COPYING.
		echo GPL-2.0-only
	fi
}

case_copyright()
{
	made
	(cd "$T" && dpkg-source -x "$bundle" src >/dev/null)
	cd "$T/src"
	# "PATTERN<tab>LICENCE", the last that matches counts.
	awk '
		/^Files:/ { infiles = 1; n = 0; sub(/^Files:/, "") }
		/^[A-Z][A-Za-z-]*:/ { infiles = 0 }
		infiles { for (i = 1; i <= NF; i++) pattern[n++] = $i }
		/^License:/ && n { sub(/^License: */, ""); for (i = 0; i < n; i++) print pattern[i] "\t" $0; n = 0 }
		/^$/ { n = 0 }
	' debian/copyright >"$T/stanzas"
	grep -q '^upstream/\*' "$T/stanzas" || fail "no stanza for upstream/*"
	find upstream -type f ! -path upstream/SOURCE ! -path upstream/KERNEL | sort | while read -r f; do
		printf '%s\t%s\n' "$f" "$(declared "$f")"
	done >"$T/declared"
	[ "$(wc -l <"$T/declared")" -gt 1000 ] || fail "only $(wc -l <"$T/declared") imported files"
	awk -F '\t' '
		NR == FNR && $1 == "upstream/*" { rest = $2; next }
		NR == FNR { exact[$1] = $2; next }
		{
			said = $1 in exact ? exact[$1] : rest
			if (said != $2)
				print $1 ": declares " $2 ", debian/copyright says " said
			seen[$1] = 1
		}
		END {
			for (f in exact)
				if (f ~ /^upstream\// && f !~ /^upstream\/(SOURCE|KERNEL)$/ && !(f in seen))
					print f ": in debian/copyright, not imported"
		}' "$T/stanzas" "$T/declared" >"$T/wrong"
	cat "$T/wrong"
	check [ ! -s "$T/wrong" ]
}

case_lintian()
{
	made
	# Debian 12's lintian does not know the newest Policy, and asks for a script of init,
	# which later ones do not: without systemd a build asks for Secure Boot's key.
	check lintian --allow-root -I --pedantic --fail-on error,warning,info \
		--suppress-tags newer-standards-version,package-supports-alternative-init-but-no-init.d-script "$deb_dir"/*.changes "$dsc" "$bundle"
}

case_reproducible()
{
	made
	mkdir "$T/again"
	(umask 077; TZ=Pacific/Kiritimati LC_ALL=C.UTF-8 "$top/tools/make-deb" "$T/again")
	for f in "$deb_dir"/*.deb "$deb_dir"/*.dsc "$deb_dir"/*.tar.xz "$deb_dir"/bundle/*; do
		check cmp "$f" "$T/again/${f#"$deb_dir/"}"
	done
}

case_unchanged_is_not_built_again()
{
	made
	before=$(stat -c %Y%i "$deb")
	"$top/tools/make-deb" >"$T/out"
	has "$T/out" 'up to date'
	got=$(stat -c %Y%i "$deb")
	same "$got" "$before"
}

case_contents()
{
	made
	dpkg-deb -x "$deb" "$T/root"
	src=$T/root/usr/src/nouveau-gpuvm-$version
	got=$(cat "$src/VERSION")
	same "$got" "$version"
	has "$src/dkms.conf" "^PACKAGE_VERSION=\"$version\"\$"
	grep -rn '#MODULE_VERSION#' "$T/root" && fail "placeholder left"
	# Every module that dkms looks for has something to be built from.
	bash -c '. "$1"; for i in "${!BUILT_MODULE_NAME[@]}"; do
		echo "${BUILT_MODULE_LOCATION[$i]} ${BUILT_MODULE_NAME[$i]}"; done' bash "$src/dkms.conf" >"$T/modules"
	got=$(wc -l <"$T/modules")
	same "$got" 6 modules
	while read -r dir name; do
		grep -q "obj-m.*$name\\.o" "$src/$dir/Kbuild" || fail "$dir/Kbuild builds no $name"
	done <"$T/modules"
	for f in compat/supported compat/answers compat/ask compat/kernel-flags compat/kernel-key; do
		[ -x "$src/$f" ] || fail "$f cannot be run"
	done
	find "$T/root" -name '*.o' -o -name '*.ko' -o -name '.git*' | tee "$T/stray"
	check [ ! -s "$T/stray" ]
	if find "$T/root" -newermt "@$(($(dpkg-parsechangelog -l "$top/debian/changelog" -S Timestamp) + 1))" | grep .; then
		fail "newer than the changelog"
	fi
}

case_tools_contents()
{
	made
	dpkg-deb -x "$deb_dir"/nouveau-gpuvm-tools_*.deb "$T/root"
	for tool in nouveau-gpuvm vmbind-test vaspace; do
		"$T/root/usr/bin/$tool" --help >"$T/out" 2>&1 || [ $? = 2 ]
		has "$T/out" "$tool"
		[ -s "$T/root/usr/share/man/man1/$tool.1.gz" ] || fail "no manual page of $tool"
	done
	[ -s "$T/root/usr/share/bash-completion/completions/nouveau-gpuvm" ]
	got=$("$T/root/usr/bin/nouveau-gpuvm" --version)
	same "$got" "nouveau-gpuvm $version"
}

# The harness of the GPU model's package is there as a whole, and says what is missing.
case_model_contents()
{
	made
	dpkg-deb -x "$deb_dir"/nouveau-gpu-model_*.deb "$T/root"
	"$T/root/usr/bin/gpu-model" --list-chips >"$T/chips"
	has "$T/chips" '^gp100	'
	for page in gpu-model gpu-model-vm; do
		[ -s "$T/root/usr/share/man/man1/$page.1.gz" ] || fail "no manual page of $page"
	done
	check [ -s "$T/root/usr/share/doc/nouveau-gpu-model/README.md.gz" ]
	# In this case's place
	share=$T/root/usr/share/nouveau-gpu-model
	sed "s,^share=/usr/share/nouveau-gpu-model$,share=$share," "$T/root/usr/bin/gpu-model-vm" >"$T/gpu-model-vm"
	has "$T/gpu-model-vm" "^share=$share\$"
	run sh "$T/gpu-model-vm"
	status 2
	one_line '^gpu-model-vm: no kernel named; usage: '
	run sh "$T/gpu-model-vm" --dir /proc/none --kernel 6.1
	status 2
	one_line '^gpu-model-vm: cannot write /proc/none; name another directory by --dir$'
	# From its place, with links to each part
	run env PATH="$T/root/usr/bin:$PATH" sh "$T/gpu-model-vm" --dir "$T/vm" --kernel none --test model-load
	status fail
	has "$T/err" "'*none'*"
	for part in lab/vm/run tests/guest/tests.d/model-load tools/kernel; do
		check [ -r "$T/vm/$part" ]
	done
	for program in gpu-model vmbind-test; do
		case $program in gpu-model) dir=gpu-model ;; *) dir=programs/$program ;; esac
		(cd "$T/vm" && PATH=$T/root/usr/bin:$PATH PWD=$T/vm make -s -C $dir) >"$T/said" 2>&1 || :
		case $program in
		gpu-model)
			got=$(readlink "$T/vm/build/gpu-model/gpu-model")
			same "$got" "$T/root/usr/bin/gpu-model"
			;;
		*) command -v $program >/dev/null || has "$T/said" "$program is not installed; install nouveau-gpuvm-tools" ;;
		esac
	done
}

case_patched()
{
	made
	dpkg-deb -x "$deb" "$T/root"
	(cd "$T" && dpkg-source -x "$bundle" src >/dev/null)
	src=$T/root/usr/src/nouveau-gpuvm-$version
	base=$("$top/src/nouveau/channel" release)
	for p in "$top"/src/nouveau/patches/*.cocci; do
		check [ -e "$p" ]
		grep -q "^// Bases: .*\<$base\>" "$p" || continue
		for f in $(sed -n 's|^// Files: *||p' "$p"); do
			[ ! -e "$T/src/upstream/$f" ] && fail "$f is not in the source package"
			! cmp -s "$T/src/upstream/$f" "$src/upstream/$f" || fail "$f is not patched"
		done
	done
}

# What a distribution asks of a package
case_distribution()
{
	made
	base=$("$top/src/nouveau/channel" release)
	# The kernel's source is a package to build with where there is one, not a copy.
	has "$dsc" "^Build-Depends-Indep: .*linux-source-$base\\>"
	lacks "$dsc" upstream
	lacks "$bundle" 'linux-source'
	has "$bundle" 'orig-upstream.tar.xz$'
	has "$dsc" '^Standards-Version: 4\.7\.2$'
	for p in "$deb_dir"/nouveau-gpuvm-*_*.deb; do
		case $p in *-dbgsym_*) continue ;; esac
		got=$(dpkg-deb -f "$p" Multi-Arch)
		same "$got" foreign "Multi-Arch of ${p##*/}"
	done
	got=$(dpkg-deb -f "$deb_dir"/nouveau-gpuvm-tools_*.deb Section)
	same "$got" utils
	# The scripts are debhelper's, with the snippets of dh_dkms that we put in place.
	dpkg-deb -e "$deb" "$T/control"
	for script in postinst prerm; do
		has "$T/control/$script" '^# Automatically added by dh_dkms'
		has "$T/control/$script" 'dkms-settle'
	done
	lacks "$T/control/postinst" common.postinst
	has "$T/control/postrm" '^forget()$'
	# README's links lead somewhere, though some files are compressed.
	dpkg-deb -x "$deb" "$T/root"
	doc=$T/root/usr/share/doc/nouveau-gpuvm-dkms
	zcat -f "$doc"/README.md* | grep -oE '\(docs/[a-z.-]*\)' | tr -d '()' | sort -u >"$T/links"
	check [ "$(wc -l <"$T/links")" -gt 5 ]
	while read -r link; do
		[ -e "$doc/$link" ] || [ -e "$doc/$link.gz" ] || fail "no $link"
	done <"$T/links"
	# Since the merge of /usr nothing is to be in /lib.
	dpkg-deb -c "$deb" | grep -E ' \./(lib|bin|sbin)/' && fail 'a file is outside of /usr'
	check [ -e "$T/root/usr/lib/systemd/system/nouveau-gpuvm-key.service" ]
}

case_bad_input()
{
	run env KERNEL_SOURCE=/nonexistent "$top/tools/make-deb" "$T/out.d"
	status fail
	has "$T/err" '/nonexistent does not exist'
	got=$(find "$T/out.d" -mindepth 1)
	same "$got" '' "left something behind"
}

tap_begin "$@"
tap_case contents case_contents
tap_case tools-contents case_tools_contents
tap_case model-contents case_model_contents
tap_case patched case_patched
tap_case copyright case_copyright
tap_case distribution case_distribution
tap_case lintian case_lintian
tap_case unchanged-is-kept case_unchanged_is_not_built_again
tap_case reproducible case_reproducible
tap_case bad-input case_bad_input
tap_done
