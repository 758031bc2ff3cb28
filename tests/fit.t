#!/bin/sh
# SPDX-License-Identifier: GPL-2.0 OR MIT
#
# Headers made wrong in many ways, of a real kernel that is supported: before a build
# begins, one line says what is lacking.  And the list that this is judged by,
# compat/needs: is all in it that modules link to?

# shellcheck source=tests/lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source=tests/lib/headers.sh
. "$(dirname "$0")/lib/headers.sh"
# shellcheck disable=SC2154 # tap.sh sets top and T
cd "$top"
export NGV_CONF=/dev/null
kernel=${NGV_FIT_KERNEL:-6.1}

tree()
{
	[ -s build/import/6.12/upstream/KERNEL ] || src/nouveau/import --base 6.12
	# Once a run.
	[ -e "$tap_dir/staged" ] || BASE=6.12 tools/stage-tree build/tree
	: >"$tap_dir/staged"
	needs=$top/build/tree/compat/needs
}

# wrong EDIT [ARGUMENT...]: the kernel's headers, made wrong in $T/k and $T/common
wrong()
{
	tree
	linked_headers "$(tools/kernel headers "$kernel")"
	"$@"
}

# text STATUS PATTERN EDIT...: known from the files alone, in two seconds
case_text()
{
	want=$1
	says=$2
	shift 2
	wrong "$@"
	run timeout 20 build/tree/compat/supported "$T/k" 6.1-wrong
	status "$want"
	if [ "$want" = 0 ]; then
		got=$(cat "$T/err")
		same "$got" ''
	else
		one_line "$says"
	fi
}

# form STATUS PATTERN EDIT...: known from a trial, and remembered
case_form()
{
	want=$1
	says=$2
	shift 2
	wrong "$@"
	run build/tree/compat/supported "$T/k" 6.1-wrong
	status 0
	run build/tree/compat/supported --try "$T/state" "$T/k" 6.1-wrong
	status "$want"
	if [ "$want" = 0 ]; then
		got=$(cat "$T/err")
		same "$got" ''
		[ -e "$T/state/config.mk" ]
	else
		one_line "$says"
	fi
	cp "$T/err" "$T/first"
	touch "$T/before"
	run build/tree/compat/supported --try "$T/state" "$T/k" 6.1-wrong
	status "$want"
	cmp "$T/err" "$T/first"
	got=$(find "$T/state" -newer "$T/before" -name '*.answer')
	same "$got" '' 'asked again'
}

# --- the ways -----------------------------------------------------------------------

as_it_is() { :; }
header_gone() { rm "$T/common/include/$1"; }
header_empty() { rm "$T/common/include/$1"; : >"$T/common/include/$1"; }
no_headers() { rm -r "$T/common/include/$1"; }
garbage() { rm "$T/common/include/$1"; head -c 2000 /dev/zero | tr '\0' '{' >"$T/common/include/$1"; }
moved() { mkdir -p "$T/k/include/${1%/*}"; mv "$T/common/include/$1" "$T/k/include/$1"; }
symbol_gone() { edit "$T/k/Module.symvers" "/	$1	/d"; }
symbol_hidden() { edit "$T/k/Module.symvers" "/	$1	/s/\$/SECRET/"; }
inline_now()
{
	edit "$T/k/Module.symvers" "/	$1	/d"
	edit "$T/common/include/$2" "\$i static inline void\\n$1(void) { }"
}
exports_empty() { rm "$T/k/Module.symvers"; : >"$T/k/Module.symvers"; }
option_gone() { edit "$T/k/include/config/auto.conf" "/^CONFIG_$1=/d"; }
# header FILE SED: one file differs
header() { edit "$T/common/include/$1" "$2"; }

# --- the list -------------------------------------------------------------------------

# lacks KERNEL: what the list names and the kernel has not
case_real()
{
	tree
	kdir=$(tools/kernel headers "$1")
	# Of 6.12, which has VM_BIND, it is asked as if that were not so.
	sed '/^uapi/s/$/_OF_TOMORROW/' "$needs" >"$T/needs"
	mkdir -p "$T/tree/compat" "$T/tree/upstream"
	cp build/tree/compat/supported "$T/tree/compat/"
	cp "$T/needs" "$T/tree/compat/needs"
	run "$T/tree/compat/supported" "$kdir" "$1"
	status 0
	got=$(cat "$T/err")
	same "$got" ''
	# The wrong side: a list with one thing more than it has.
	echo 'symbol drm_of_tomorrow' >>"$T/tree/compat/needs"
	run "$T/tree/compat/supported" "$kdir" "$1"
	status 77
	one_line 'it does not export drm_of_tomorrow()'
	{ cat "$T/needs"; echo 'header drm/drm_of_tomorrow.h'; } >"$T/tree/compat/needs"
	run "$T/tree/compat/supported" "$kdir" "$1"
	status 77
	one_line 'it lacks drm/drm_of_tomorrow.h'
}

# Symbols that real modules link to and that the list leaves out, though their name
# is in the sources.
exceptions()
{
	sed 's/^[^:]*://' <<-'END' | tr ' ' '\n' | grep .
		CONFIG_ACPI: acpi_check_dsm acpi_evaluate_dsm acpi_evaluate_integer acpi_evaluate_object acpi_format_exception acpi_get_handle
		CONFIG_ACPI: acpi_get_name acpi_get_next_object acpi_has_method acpi_lid_open acpi_video_get_edid acpi_video_register_backlight
		CONFIG_ACPI: mxm_wmi_call_mxds mxm_wmi_call_mxmx mxm_wmi_supported pci_d3cold_disable pci_pr3_present
		CONFIG_ACPI: register_acpi_notifier unregister_acpi_notifier wmi_evaluate_method wmi_has_guid
		CONFIG_ACPI: vga_switcheroo_register_handler vga_switcheroo_unregister_handler
		CONFIG_AGP: agp_allocate_memory agp_backend_acquire agp_backend_release agp_bind_memory agp_copy_info agp_enable agp_free_memory agp_unbind_memory
		CONFIG_X86: boot_cpu_data ioremap_cache set_pages_array_uc set_pages_array_wc set_pages_wb
		CONFIG_COMPAT: drm_compat_ioctl
		CONFIG_HWMON: hwmon_device_register_with_info hwmon_device_unregister sysfs_emit
		CONFIG_LEDS_CLASS: led_classdev_resume led_classdev_suspend led_classdev_unregister
		CONFIG_NOUVEAU_PLATFORM_DRIVER: dma_set_mask
		backlight: backlight_device_register backlight_device_unregister drm_edp_backlight_disable drm_edp_backlight_enable
		backlight: drm_edp_backlight_init drm_edp_backlight_set_level ida_destroy ida_free drm_modeset_lock drm_modeset_unlock
		CONFIG_DEBUG_FS: debugfs_create_file debugfs_lookup dput drm_atomic_commit drm_atomic_state_alloc drm_atomic_state_clear
		CONFIG_DEBUG_FS: drm_crtc_add_crc_entry drm_crtc_vblank_count drm_debugfs_create_files drm_modeset_acquire_fini drm_modeset_acquire_init
		CONFIG_DEBUG_FS: drm_modeset_backoff drm_modeset_drop_locks drm_modeset_lock_single_interruptible drm_vblank_work_cancel_sync
		CONFIG_DEBUG_FS: drm_vblank_work_init drm_vblank_work_schedule kstrtoint_from_user seq_printf seq_putc seq_puts seq_read single_open single_release
		CONFIG_KPROBES: register_kprobe register_kretprobe unregister_kprobe unregister_kretprobe __kmalloc kmalloc_trace kmem_cache_alloc
		shim of compat: dma_resv_copy_fences dma_resv_fini dma_resv_get_fences dma_resv_get_singleton dma_resv_iter_first
		shim of compat: dma_resv_iter_first_unlocked dma_resv_iter_next dma_resv_iter_next_unlocked dma_resv_replace_fences
		shim of compat: dma_resv_test_signaled drm_detect_monitor_audio drm_dev_printk drm_dp_add_payload_part1
		shim of compat: drm_dp_remove_payload drm_fbdev_generic_setup drm_format_info_bpp drm_gem_object_init
		shim of compat: drm_gem_object_release drm_gem_private_object_init drm_mode_create_tv_properties drm_prime_gem_destroy
		shim of compat: pci_get_device unregister_shrinker vga_switcheroo_client_fb_set vga_switcheroo_process_delayed_switch
		macro in 6.12: alloc_pages dma_sync_single_for_cpu dma_sync_single_for_device drm_firmware_drivers_only kmem_cache_create kmemdup
		CONFIG_KPROBES: __kmalloc_cache_noprof __kmalloc_noprof kmem_cache_alloc_noprof
		macro in 6.12: strscpy strscpy_pad vmalloc vzalloc
		also the name of a variable or a type: complete iowrite16 vmap pci_unregister_driver
	END
}

# complete KERNEL: of all that DKMS built for it, each symbol is listed, or ours, or
# named by no source of ours (the kernel's inline functions call those), or excepted
case_complete()
{
	tree
	root=$(lab/chroot/provision "$1" | tail -n 1)
	mkdir "$T/modules"
	find "$root"/lib/modules/*/updates -name '*.ko*' -exec cp {} "$T/modules/" \;
	# Debian compresses the modules of some kernels.
	find "$T/modules" -name '*.xz' -exec unxz {} +
	set -- "$T/modules"/*.ko
	[ $# -ge 5 ] || fail "modules: $*"
	nm -u "$@" | awk '$1 == "U" { print $2 }' | grep -v '^ngv_' | sort -u >"$T/wanted"
	[ "$(wc -l <"$T/wanted")" -gt 50 ] || fail 'too few symbols to judge by'
	# What a probe asks for has a shim.
	{
		sed -n 's/^symbol //p' "$needs"
		exceptions
		cat build/tree/compat/probes/*.c | grep -oE '[a-z_][a-z0-9_]+'
	} | sort -u | comm -13 - "$T/wanted" >"$T/left"
	(cd build/tree && grep -rohw --include='*.[ch]' -F -f "$T/left" upstream src compat) |
		sort -u | comm -12 - "$T/left" | tee "$T/missed"
	lacks "$T/missed" . 'not in compat/needs'
}

# An object that only some kernels compile has the name of another module's source.
case_same_name()
{
	mkdir -p "$T/t/compat" "$T/t/src" "$T/t/upstream/a/sub"
	echo 'm-$(CONFIG_A) += same.o' >"$T/t/compat/Kbuild"
	echo 'm-$(CONFIG_B) += sub/deep.o' >"$T/t/upstream/a/sub/Kbuild"
	echo 'm-y += sub/same.o' >>"$T/t/upstream/a/sub/Kbuild"
	# file, and the symbol that it calls
	set -- compat/same some_1 upstream/a/sub/deep some_2 upstream/a/sub/same every_1 src/deep every_2
	while [ $# -gt 0 ]; do
		printf 'int f(void)\n{\n\treturn %s();\n}\n' "$2" >"$T/t/$1.c"
		echo "export $2" >>"$T/KERNEL"
		shift 2
	done
	run src/nouveau/needs "$T/t" "$T/KERNEL"
	status 0
	got=$(grep '^symbol' "$T/out")
	same "$got" 'symbol every_1
symbol every_2'
}

tap_begin "$@"
tap_case same-name case_same_name
tap_case real-6.1 case_real 6.1
tap_case real-6.12 case_real 6.12
tap_case list-complete-6.1 case_complete 6.1
tap_case list-complete-6.12 case_complete 6.12
tap_case as-it-is case_text 0 '' as_it_is
tap_case header-gone case_text 77 'left alone: it lacks linux/shmem_fs.h, which nouveau 6.12 includes$' header_gone linux/shmem_fs.h
tap_case header-gone-drm case_text 77 'left alone: it lacks drm/drm_aperture.h,' header_gone drm/drm_aperture.h
tap_case header-gone-asm case_text 77 'left alone: it lacks linux/agp_backend.h,' header_gone linux/agp_backend.h
tap_case header-behind-ours-gone case_text 77 'left alone: it lacks drm/drm_vblank.h,' header_gone drm/drm_vblank.h
tap_case header-empty case_text 1 'drm/drm_mm.h is empty; install its headers again' header_empty drm/drm_mm.h
tap_case headers-gone case_text 1 'linux/mm.h is missing; install its headers again' no_headers linux
tap_case header-in-the-other-tree case_text 0 '' moved drm/drm_mm.h
tap_case symbol-gone case_text 77 'left alone: it does not export drm_dp_read_desc(), which nouveau 6.12 calls$' symbol_gone drm_dp_read_desc
tap_case symbol-gone-i2c case_text 77 'it does not export drm_i2c_encoder_init()' symbol_gone drm_i2c_encoder_init
tap_case symbol-in-a-namespace case_text 77 'it does not export ttm_of_no_kernel()\|it does not export drm_dp_read_desc()' symbol_hidden drm_dp_read_desc
tap_case symbol-now-inline case_text 0 '' inline_now drm_dp_read_desc drm/display/drm_dp_helper.h
tap_case exports-empty case_text 1 'lack Module.symvers' exports_empty
tap_case option-64bit-gone case_text 77 'it is a 32-bit kernel' option_gone 64BIT
tap_case as-it-is-tried case_form 0 '' as_it_is
# The trial joins files; these two would define the function twice.
tap_case header-clashes-joined case_form 0 '' header drm/drm_crtc_helper.h '$a static inline int ngv_twice(void) { return 0; }'
tap_case struct-gone case_form 77 'does not fit its headers: .*i2c' header linux/i2c-algo-bit.h 's/i2c_algo_bit_data/i2c_algo_other_data/'
tap_case member-gone case_form 77 'does not fit its headers: .*pre_xfer' header linux/i2c-algo-bit.h 's/pre_xfer/before_xfer/'
tap_case member-of-another-type case_form 77 'does not fit its headers: ' header linux/i2c-algo-bit.h 's/(\*setsda) (void \*data, int state)/(*setsda) (void *data, int *states, int n)/'
tap_case macro-gone case_form 77 'does not fit its headers: .*VGA_RSRC_LEGACY_IO' header linux/vgaarb.h 's/VGA_RSRC_LEGACY_IO/VGA_RSRC_OLD_IO/'
tap_case enum-gone case_form 77 'does not fit its headers: .*VGA_SWITCHEROO_OFF' header linux/vga_switcheroo.h 's/VGA_SWITCHEROO_OFF/VGA_SWITCHEROO_NONE/'
tap_case one-argument-more case_form 77 'does not fit its headers: .*drm_mm_remove_node' header drm/drm_mm.h 's/drm_mm_remove_node(struct drm_mm_node \*node)/drm_mm_remove_node(struct drm_mm_node *node, int hurry)/'
tap_case argument-of-another-type case_form 77 'does not fit its headers: .*drm_mm_print' header drm/drm_mm.h 's/struct drm_printer \*p)/struct seq_file *m)/'
tap_case returns-another-type case_form 77 'does not fit its headers: ' header linux/i2c.h '/^i2c_new_client_device/{x;s/.*//;x};s/^i2c_new_client_device(struct/*i2c_new_client_device(struct/'
tap_case function-gone-from-header case_form 77 'does not fit its headers: .*power_supply_is_system_supplied' header linux/power_supply.h '/power_supply_is_system_supplied/d'
tap_case inline-with-an-argument case_form 77 'does not fit its headers: .*dma_fence_chain_alloc' header linux/dma-fence-chain.h 's/dma_fence_chain_alloc(void)/dma_fence_chain_alloc(gfp_t flags)/'
tap_case probe-other-form case_form 77 'left alone: iommu_map_gfp: Does iommu_map() take GFP flags? It has another form' header linux/iommu.h '/^extern int iommu_map(/{n;s/phys_addr_t paddr/struct phys_range *where/}'
tap_case probe-other-name case_form 77 'left alone: pci_get_base_class: .*There is another pci_get_base_class' header linux/pci.h '$i int pci_get_base_class(unsigned int class, int hurry);'
tap_case garbage case_form 1 'cannot build .* do not compile.*; install its headers again' garbage linux/mm.h
tap_case garbage-drm case_form 1 'cannot build .* do not compile.*; install its headers again' garbage drm/drm_crtc.h
tap_done
