/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Arguments of QEMU, ready for a shell: comments first, since none may stand between lines that go
 * on, then one argument with its value a line.
 */
#include "operator/show.h"

/* A domain above 0xffff does not fit into host=. */
static void host(struct out *o, const struct pci_dev *dev)
{
	char addr[ADDR_TEXT];

	addr_format(&dev->addr, addr);
	if (dev->addr.domain > 0xffff)
		out_printf(o, "sysfsdev=/" PCI_DEVICES "/%s", addr);
	else
		out_printf(o, "host=%s", addr);
}

static bool is_display(const struct show *s)
{
	const struct pci_dev *dev;
	size_t i;

	for (i = 0; show_next(s, &i, &dev);)
		if (class_is_display(dev->class))
			return true;
	return false;
}

/* The functions of one card behind one port, as the card has them. */
static void one_card(const struct show *s)
{
	const struct pci_dev *dev, *last = NULL;
	unsigned int port = 0;
	size_t i;

	for (i = 0; show_next(s, &i, &dev);) {
		unsigned int function = dev->addr.devfn & 7;

		if (show_functions(s, dev) < 2)
			continue;
		if (!last)
			out_text(s->out, "# As one card in the guest instead:\n");
		if (!last || !addr_same_slot(&last->addr, &dev->addr)) {
			port++;
			out_printf(s->out, "#   -device pcie-root-port,id=port%u,chassis=%u \\\n",
				   port, port);
		}
		last = dev;
		out_text(s->out, "#   -device vfio-pci,");
		host(s->out, dev);
		out_printf(s->out, ",bus=port%u,addr=0x0.0x%x%s \\\n", port, function,
			   function ? "" : ",multifunction=on");
	}
}

static void comments(const struct show *s)
{
	char origin[REASON_TEXT], addr[ADDR_TEXT];
	const struct pci_dev *dev;
	size_t i;

	for (i = 0; show_next(s, &i, &dev);) {
		show_origin(s, i - 1, origin);
		addr_format(&dev->addr, addr);
		out_printf(s->out, "# %s %s, ", addr, class_name(dev->class));
		out_escaped(s->out, origin);
		out_text(s->out, "\n");
	}
	one_card(s);
	if (is_display(s))
		out_text(s->out,
			 "# A ROM from a file: ,romfile=FILE   without the ROM: ,rombar=0\n");
	show_memory_note(s, "# ", "");
}

static void memory(const struct show *s, const struct show_memory *m, const char *next)
{
	unsigned long long size = m->size;
	char path[KVMFR_NODE_TEXT];

	(void)kvmfr_node_path(m->n, path);
	if (s->legacy) {
		out_printf(s->out, "%s-object memory-backend-file,id=kvmfr%u,mem-path=%s,", next,
			   m->n, path);
		out_printf(s->out, "size=%llu,share=on \\\n", size);
		out_printf(s->out, "-device ivshmem-plain,id=ivshmem%u,memdev=kvmfr%u", m->n, m->n);
		return;
	}
	out_printf(s->out,
		   "%s-object '{\"qom-type\":\"memory-backend-file\",\"id\":\"kvmfr%u\","
		   "\"mem-path\":\"%s\",\"size\":%llu,\"share\":true}' \\\n",
		   next, m->n, path, size);
	out_printf(s->out,
		   "-device '{\"driver\":\"ivshmem-plain\",\"id\":\"ivshmem%u\","
		   "\"memdev\":\"kvmfr%u\"}'",
		   m->n, m->n);
}

void show_qemu(const struct show *s)
{
	const char *next = "";
	const struct pci_dev *dev;
	size_t i;

	comments(s);
	for (i = 0; show_next(s, &i, &dev); next = " \\\n") {
		out_printf(s->out, "%s-device vfio-pci,", next);
		host(s->out, dev);
	}
	for (i = 0; i < s->memories; i++, next = " \\\n")
		memory(s, &s->memory[i], next);
	if (*next)
		out_text(s->out, "\n");
}
