# SPDX-License-Identifier: GPL-2.0 OR MIT
# shellcheck shell=bash
# What can follow nouveau-gpuvm on a command line.

_nouveau_gpuvm()
{
	local word=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}
	local command='' w

	for w in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
		case $w in
		status | doctor | report | rebuild | test | mesa-root | try | help)
			[ -n "$command" ] || command=$w
			;;
		esac
	done
	COMPREPLY=()
	case $previous in
	--root | --tree)
		mapfile -t COMPREPLY < <(compgen -d -- "$word")
		return
		;;
	-o | --deb)
		mapfile -t COMPREPLY < <(compgen -f -- "$word")
		return
		;;
	esac
	case $command in
	'') mapfile -t COMPREPLY < <(compgen -W 'status doctor report rebuild test mesa-root try help --json --root --color= --help --version' -- "$word") ;;
	status | doctor) mapfile -t COMPREPLY < <(compgen -W '--json --root --color=' -- "$word") ;;
	report) mapfile -t COMPREPLY < <(compgen -W '-o --root' -- "$word") ;;
	rebuild)
		for w in /lib/modules/*/; do
			w=${w%/}
			w=${w##*/}
			[[ $w != "$word"* ]] || COMPREPLY+=("$w")
		done
		;;
	try) mapfile -t COMPREPLY < <(compgen -W '--deb --kernel --vfio --print --tree' -- "$word") ;;
	mesa-root) mapfile -t COMPREPLY < <(compgen -d -W '--32' -- "$word") ;;
	help) mapfile -t COMPREPLY < <(compgen -W 'status doctor report rebuild test mesa-root try help' -- "$word") ;;
	test) mapfile -t COMPREPLY < <(compgen -W '--device --list --slow --dangerous --seed --verbose' -- "$word") ;;
	esac
}
complete -F _nouveau_gpuvm nouveau-gpuvm
