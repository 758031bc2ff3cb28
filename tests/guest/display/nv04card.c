// SPDX-License-Identifier: GPL-2.0 OR MIT
//
// Makes a card that nouveau drives out of QEMU's VGA device.
//
// The oldest chip nouveau knows, NV04, is content with registers that merely
// keep what is written to them, so memory will do: the first 16 MiB of the VGA
// device's 64 MiB BAR become the registers, the last 32 MiB, named as a second
// BAR, the video memory. Only what the driver divides by, waits for or reads
// from a ROM is put in place. An interrupt comes from a timer, 60 times a
// second, for the vertical blank.
//
// Registers, video memory, and system memory by bus address can be read in
// debugfs, to see what the driver really put there. Load before nouveau, unload after it.

#include <linux/debugfs.h>
#include <linux/highmem.h>
#include <linux/hrtimer.h>
#include <linux/interrupt.h>
#include <linux/io.h>
#include <linux/irq.h>
#include <linux/irqdesc.h>
#include <linux/module.h>
#include <linux/pci.h>
#include <linux/platform_device.h>
#include <linux/pm.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#define VGA_VENDOR		0x1234
#define VGA_DEVICE		0x1111
#define NV_VENDOR		0x10de
#define NV_DEVICE		0x0020

#define REGS_SIZE		0x01000000
#define VRAM_OFFSET		0x02000000
#define VRAM_SIZE		0x02000000

#define REG_BOOT_0		0x000000
#define REG_PMC_INTR		0x000100
#define REG_PMC_INTR_EN		0x000140
#define INTR_PCRTC		0x01000000
#define REG_PTIMER_TIME_0	0x009400
#define REG_PTIMER_TIME_1	0x009410
#define REG_ROM			0x300000
#define REG_PCRTC_INTR		0x600100
#define REG_PCRTC_INTR_EN	0x600140
#define INTR_VBLANK		0x00000001
#define REG_NVPLL		0x680500
#define REG_MPLL		0x680504

#define ROM_SIZE		0x8000
#define ROM_PCIR		0x40
#define ROM_BMP			0x100

#define FRAME_NS		(NSEC_PER_SEC / 60)

static struct pci_dev *card;
static struct resource bar0;
static void __iomem *regs;
static void __iomem *vram;
static int irq;
static struct hrtimer frame;
static struct dentry *dir;
static struct platform_device *supply;
static struct device_link *link;

static u32 get(u32 reg)
{
	return readl(regs + reg);
}

static void set(u32 reg, u32 value)
{
	writel(value, regs + reg);
}

static void put_le16(u16 value, u8 *to)
{
	to[0] = value;
	to[1] = value >> 8;
}

/* One PCI image that says it is NVIDIA's, with a BIOS too old to hold tables. */
static int write_rom(void)
{
	static const u8 bmp[] = { 0xff, 0x7f, 'N', 'V', 0, 0, 1 };
	u8 *rom = kzalloc(ROM_SIZE, GFP_KERNEL);
	u8 sum = 0;
	int i;

	if (!rom)
		return -ENOMEM;
	rom[0] = 0x55;
	rom[1] = 0xaa;
	rom[2] = ROM_SIZE / 512;
	put_le16(ROM_PCIR, rom + 0x18);
	memcpy(rom + ROM_PCIR, "PCIR", 4);
	put_le16(NV_VENDOR, rom + ROM_PCIR + 0x04);
	put_le16(NV_DEVICE, rom + ROM_PCIR + 0x06);
	put_le16(0x18, rom + ROM_PCIR + 0x0a);
	rom[ROM_PCIR + 0x0f] = PCI_BASE_CLASS_DISPLAY;
	put_le16(ROM_SIZE / 512, rom + ROM_PCIR + 0x10);
	rom[ROM_PCIR + 0x15] = 0x80;
	memcpy(rom + ROM_BMP, bmp, sizeof(bmp));
	for (i = 0; i < ROM_SIZE; i++)
		sum += rom[i];
	rom[ROM_SIZE - 1] = -sum;
	memcpy_toio(regs + REG_ROM, rom, ROM_SIZE);
	kfree(rom);
	return 0;
}

/* Whatever was there is gone. */
static int power_on(void)
{
	memset_io(regs, 0, REGS_SIZE);
	memset_io(vram, 0xa5, VRAM_SIZE);
	set(REG_BOOT_0, 0x20004000);
	set(REG_NVPLL, 0x00011c02);
	set(REG_MPLL, 0x00011c02);
	return write_rom();
}

static enum hrtimer_restart next_frame(struct hrtimer *timer)
{
	u64 now = ktime_get_ns();

	set(REG_PTIMER_TIME_1, upper_32_bits(now));
	set(REG_PTIMER_TIME_0, lower_32_bits(now));

	if ((get(REG_PCRTC_INTR_EN) & INTR_VBLANK) && get(REG_PMC_INTR_EN)) {
		set(REG_PCRTC_INTR, INTR_VBLANK);
		set(REG_PMC_INTR, INTR_PCRTC);
		generic_handle_irq(irq);
		/* A card clears these when the driver acknowledges them. */
		set(REG_PMC_INTR, 0);
		set(REG_PCRTC_INTR, 0);
	}

	hrtimer_forward_now(timer, ns_to_ktime(FRAME_NS));
	return HRTIMER_RESTART;
}

static ssize_t show(void __iomem *from, size_t size, char __user *buf,
		    size_t count, loff_t *pos)
{
	void *copy;
	ssize_t ret;

	if (*pos < 0 || *pos >= size)
		return 0;
	count = min3(count, size - (size_t)*pos, (size_t)SZ_64K);
	copy = kmalloc(count, GFP_KERNEL);
	if (!copy)
		return -ENOMEM;
	memcpy_fromio(copy, from + *pos, count);
	ret = count;
	if (copy_to_user(buf, copy, count))
		ret = -EFAULT;
	else
		*pos += count;
	kfree(copy);
	return ret;
}

static ssize_t vram_read(struct file *file, char __user *buf, size_t count,
			 loff_t *pos)
{
	return show(vram, VRAM_SIZE, buf, count, pos);
}

static ssize_t regs_read(struct file *file, char __user *buf, size_t count,
			 loff_t *pos)
{
	return show(regs, REGS_SIZE, buf, count, pos);
}

/* What the card would read at a bus address; there is no IOMMU before it. */
static ssize_t sysmem_read(struct file *file, char __user *buf, size_t count,
			   loff_t *pos)
{
	unsigned long pfn = *pos >> PAGE_SHIFT;
	size_t offset = offset_in_page(*pos);
	void *mem;

	if (*pos < 0 || !pfn_valid(pfn))
		return -EFAULT;
	count = min(count, PAGE_SIZE - offset);
	mem = kmap_local_page(pfn_to_page(pfn));
	if (copy_to_user(buf, mem + offset, count))
		count = 0;
	kunmap_local(mem);
	if (!count)
		return -EFAULT;
	*pos += count;
	return count;
}

static const struct file_operations vram_fops = {
	.owner = THIS_MODULE,
	.open = simple_open,
	.read = vram_read,
	.llseek = default_llseek,
};

static const struct file_operations regs_fops = {
	.owner = THIS_MODULE,
	.open = simple_open,
	.read = regs_read,
	.llseek = default_llseek,
};

static const struct file_operations sysmem_fops = {
	.owner = THIS_MODULE,
	.open = simple_open,
	.read = sysmem_read,
	.llseek = default_llseek,
};

/* The supply of the card: suspended after it, resumed before it. */
static int supply_suspend(struct device *dev)
{
	hrtimer_cancel(&frame);
	return power_on();
}

static int supply_resume(struct device *dev)
{
	hrtimer_start(&frame, ns_to_ktime(FRAME_NS), HRTIMER_MODE_REL);
	return 0;
}

static DEFINE_SIMPLE_DEV_PM_OPS(supply_pm, supply_suspend, supply_resume);

static struct platform_driver supply_driver = {
	.driver = {
		.name = "nv04card-supply",
		.pm = pm_sleep_ptr(&supply_pm),
	},
};

/* Splits the one BAR in two, as far as drivers are concerned. */
static int split_bar(void)
{
	struct resource *first = &card->resource[0];
	struct resource *second = &card->resource[1];
	int ret;

	if (pci_resource_len(card, 0) != VRAM_OFFSET + VRAM_SIZE || second->flags)
		return -EINVAL;
	bar0 = *first;
	ret = adjust_resource(first, bar0.start, REGS_SIZE);
	if (ret)
		return ret;
	second->name = pci_name(card);
	second->start = bar0.start + VRAM_OFFSET;
	second->end = bar0.end;
	second->flags = bar0.flags;
	ret = request_resource(bar0.parent, second);
	if (ret) {
		memset(second, 0, sizeof(*second));
		adjust_resource(first, bar0.start, resource_size(&bar0));
	}
	return ret;
}

static void join_bar(void)
{
	struct resource *second = &card->resource[1];

	release_resource(second);
	memset(second, 0, sizeof(*second));
	adjust_resource(&card->resource[0], bar0.start, resource_size(&bar0));
}

static int __init nv04card_init(void)
{
	int ret;

	card = pci_get_device(VGA_VENDOR, VGA_DEVICE, NULL);
	if (!card) {
		pr_err("nv04card: no VGA device %04x:%04x in this machine\n",
		       VGA_VENDOR, VGA_DEVICE);
		return -ENODEV;
	}
	ret = split_bar();
	if (ret) {
		pr_err("nv04card: the VGA device's memory is not 64 MiB\n");
		goto put;
	}
	ret = -ENOMEM;
	regs = ioremap(bar0.start, REGS_SIZE);
	vram = ioremap_wc(bar0.start + VRAM_OFFSET, VRAM_SIZE);
	if (!regs || !vram)
		goto unmap;
	irq = irq_alloc_desc(NUMA_NO_NODE);
	if (irq < 0) {
		ret = irq;
		goto unmap;
	}
	irq_set_chip_and_handler(irq, &dummy_irq_chip, handle_simple_irq);
	irq_clear_status_flags(irq, IRQ_NOREQUEST);

	ret = power_on();
	if (ret)
		goto free;

	ret = platform_driver_register(&supply_driver);
	if (ret)
		goto free;
	supply = platform_device_register_simple("nv04card-supply", PLATFORM_DEVID_NONE,
						 NULL, 0);
	if (IS_ERR(supply)) {
		ret = PTR_ERR(supply);
		goto unregister;
	}
	link = device_link_add(&card->dev, &supply->dev, DL_FLAG_STATELESS);
	if (!link) {
		ret = -EINVAL;
		goto remove;
	}

	card->vendor = NV_VENDOR;
	card->device = NV_DEVICE;
	card->irq = irq;

#ifdef HAVE_HRTIMER_SETUP
	hrtimer_setup(&frame, next_frame, CLOCK_MONOTONIC, HRTIMER_MODE_REL);
#else
	hrtimer_init(&frame, CLOCK_MONOTONIC, HRTIMER_MODE_REL);
	frame.function = next_frame;
#endif
	hrtimer_start(&frame, ns_to_ktime(FRAME_NS), HRTIMER_MODE_REL);

	dir = debugfs_create_dir("nv04card", NULL);
	debugfs_create_file("vram", 0400, dir, NULL, &vram_fops);
	debugfs_create_file("regs", 0400, dir, NULL, &regs_fops);
	debugfs_create_file("sysmem", 0400, dir, NULL, &sysmem_fops);
	return 0;

remove:
	platform_device_unregister(supply);
unregister:
	platform_driver_unregister(&supply_driver);
free:
	irq_free_desc(irq);
unmap:
	if (vram)
		iounmap(vram);
	if (regs)
		iounmap(regs);
	join_bar();
put:
	pci_dev_put(card);
	return ret;
}
module_init(nv04card_init);

static void __exit nv04card_exit(void)
{
	debugfs_remove_recursive(dir);
	device_link_del(link);
	platform_device_unregister(supply);
	platform_driver_unregister(&supply_driver);
	hrtimer_cancel(&frame);
	card->vendor = VGA_VENDOR;
	card->device = VGA_DEVICE;
	card->irq = 0;
	irq_free_desc(irq);
	iounmap(vram);
	iounmap(regs);
	join_bar();
	pci_dev_put(card);
}
module_exit(nv04card_exit);

MODULE_DESCRIPTION("Test of display: QEMU's VGA device in the shape of an NV04");
MODULE_LICENSE("Dual MIT/GPL");
