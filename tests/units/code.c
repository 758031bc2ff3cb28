// SPDX-License-Identifier: GPL-2.0 OR MIT
//
// code FILE.o: prints a line for each function and each object of a file that was
// compiled with a section for each (-ffunction-sections -fdata-sections): a hash of its
// bytes and of what they refer to, and its name.
//
// A place in another section is named by that section and the distance.  A string is
// named by its text: the compiler stores a string once, wherever it is used first.
// Numbers that the compiler puts behind names of its own, and behind those of static
// variables, do not count; nor does the number of a "__UNIQUE_ID".

#include <ctype.h>
#include <err.h>
#include <fcntl.h>
#include <gelf.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FNV_START 0xcbf29ce484222325u
#define FNV_PRIME 0x100000001b3u

static Elf *elf;
static size_t names;
static Elf_Scn **scns;
static size_t count;
static uint64_t *hashes;

static uint64_t mix(uint64_t hash, const void *data, size_t size)
{
	const unsigned char *p = data;

	while (size--)
		hash = (hash ^ *p++) * FNV_PRIME;
	return hash;
}

// The name without the compiler's numbers; good until the next call but one
static const char *bare(const char *name)
{
	static char buffer[2][512];
	static unsigned int turn;
	char *out = buffer[turn ^= 1];
	size_t n = 0;

	while (*name && n < sizeof(buffer[0]) - 1) {
		// ".123", and all digits behind "__UNIQUE_ID"
		if (*name == '.' && isdigit((unsigned char)name[1])) {
			do
				name++;
			while (isdigit((unsigned char)*name));
			continue;
		}
		out[n++] = *name++;
	}
	out[n] = '\0';
	if (strstr(out, "__UNIQUE_ID") || strstr(out, "__already_done")) {
		while (n && isdigit((unsigned char)out[n - 1]))
			out[--n] = '\0';
	}
	return out;
}

static const char *section_name(size_t i)
{
	GElf_Shdr shdr;
	const char *name;

	if (i >= count || !gelf_getshdr(scns[i], &shdr))
		return "";
	name = elf_strptr(elf, names, shdr.sh_name);
	return name ? name : "";
}

static int is_strings(size_t i)
{
	GElf_Shdr shdr;

	return i < count && gelf_getshdr(scns[i], &shdr) && shdr.sh_flags & SHF_STRINGS;
}

// What a function or an object lies in
static int wanted(size_t section)
{
	const char *name = section_name(section);
	static const char * const kinds[] = {
		".text.", ".rodata.", ".data.", ".bss.", ".init.text", ".exit.text", ".data.rel.ro.",
	};
	size_t i;

	if (is_strings(section))
		return 0;
	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (!strncmp(name, kinds[i], strlen(kinds[i])))
			return 1;
	return 0;
}

// The string at this place of a section; at the end of the section, where a loop over
// its last string ends, that string
static const char *string_at(size_t section, int64_t place)
{
	Elf_Data *data = elf_getdata(scns[section], NULL);
	const char *text = data ? data->d_buf : NULL;

	if (!text || place < 0 || (uint64_t)place > data->d_size || text[data->d_size - 1])
		errx(2, "a reference to %s leads to no string", section_name(section));
	if ((uint64_t)place == data->d_size) {
		place--;
		while (place && text[place - 1])
			place--;
	}
	return text + place;
}

// Adds where a relocation leads.
static uint64_t mix_target(uint64_t hash, Elf_Data *symbols, size_t strings, const GElf_Rela *rela)
{
	GElf_Sym sym;
	const char *name;
	uint64_t type = GELF_R_TYPE(rela->r_info);
	int64_t distance = rela->r_addend;

	if (!gelf_getsym(symbols, GELF_R_SYM(rela->r_info), &sym))
		errx(2, "cannot read a symbol");
	name = elf_strptr(elf, strings, sym.st_name);
	// A local symbol may be named by one compiler run, and told by its section
	// in another.
	if (sym.st_shndx != SHN_UNDEF && sym.st_shndx < SHN_LORESERVE &&
	    GELF_ST_BIND(sym.st_info) == STB_LOCAL) {
		name = section_name(sym.st_shndx);
		distance += sym.st_value;
		if (is_strings(sym.st_shndx)) {
			// Relative to the end of the instruction, where this field ends
			if (type == R_X86_64_PC32 || type == R_X86_64_PLT32)
				distance += 4;
			name = string_at(sym.st_shndx, distance);
			hash = mix(hash, &rela->r_offset, sizeof(rela->r_offset));
			hash = mix(hash, &type, sizeof(type));
			return mix(hash, name, strlen(name));
		}
	}
	name = bare(name ? name : "");
	hash = mix(hash, &rela->r_offset, sizeof(rela->r_offset));
	hash = mix(hash, &type, sizeof(type));
	hash = mix(hash, &distance, sizeof(distance));
	return mix(hash, name, strlen(name));
}

int main(int argc, char **argv)
{
	GElf_Shdr shdr, link;
	GElf_Rela rela;
	Elf_Data *data, *symbols;
	size_t i, n;
	int fd;

	if (argc != 2)
		errx(2, "usage: code FILE.o");
	fd = open(argv[1], O_RDONLY);
	if (fd < 0)
		err(2, "%s", argv[1]);
	if (elf_version(EV_CURRENT) == EV_NONE)
		errx(2, "libelf is too old");
	elf = elf_begin(fd, ELF_C_READ, NULL);
	if (!elf || elf_getshdrnum(elf, &count) || elf_getshdrstrndx(elf, &names))
		errx(2, "%s is no ELF file: %s", argv[1], elf_errmsg(-1));
	scns = calloc(count, sizeof(*scns));
	hashes = calloc(count, sizeof(*hashes));
	if (!scns || !hashes)
		err(2, "%s", argv[1]);
	for (i = 1; i < count; i++) {
		scns[i] = elf_getscn(elf, i);
		if (!gelf_getshdr(scns[i], &shdr))
			errx(2, "cannot read section %zu", i);
		if (!wanted(i))
			continue;
		data = elf_getdata(scns[i], NULL);
		hashes[i] = mix(FNV_START, &shdr.sh_size, sizeof(shdr.sh_size));
		if (data && shdr.sh_type != SHT_NOBITS)
			hashes[i] = mix(hashes[i], data->d_buf, data->d_size);
	}
	for (i = 1; i < count; i++) {
		gelf_getshdr(scns[i], &shdr);
		if (shdr.sh_type != SHT_RELA || shdr.sh_info >= count || !hashes[shdr.sh_info])
			continue;
		symbols = elf_getdata(elf_getscn(elf, shdr.sh_link), NULL);
		data = elf_getdata(scns[i], NULL);
		if (!symbols || !data || !gelf_getshdr(elf_getscn(elf, shdr.sh_link), &link))
			errx(2, "cannot read the relocations of %s", section_name(shdr.sh_info));
		for (n = 0; gelf_getrela(data, n, &rela); n++)
			hashes[shdr.sh_info] = mix_target(hashes[shdr.sh_info], symbols, link.sh_link, &rela);
	}
	for (i = 1; i < count; i++)
		if (hashes[i])
			printf("%016" PRIx64 " %s\n", hashes[i], bare(section_name(i)));
	free(scns);
	free(hashes);
	elf_end(elf);
	close(fd);
	return 0;
}
