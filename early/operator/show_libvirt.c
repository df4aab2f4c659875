/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Elements for a libvirt domain. managed='no': the devices are on vfio-pci already, and libvirt
 * must not give them back to the host.
 */
#include "operator/show.h"

#include <stdio.h>

/* A comment must not hold two hyphens in a row. */
static void comment(struct out *o, const char *text)
{
	char one[2] = "";

	for (; *text; text++) {
		if (text[0] == '-' && one[0] == '-')
			out_text(o, " ");
		one[0] = *text;
		out_escaped(o, one);
	}
}

static void hostdev(const struct show *s, size_t i, const struct pci_dev *dev)
{
	unsigned int slot = dev->addr.devfn >> 3, function = dev->addr.devfn & 7;
	char origin[REASON_TEXT];

	show_origin(s, i, origin);
	out_printf(s->out, "<!-- %s, ", class_name(dev->class));
	comment(s->out, origin);
	out_text(s->out, " -->\n<hostdev mode='subsystem' type='pci' managed='no'>\n"
			 "  <source>\n    <address ");
	out_printf(s->out, "domain='0x%04x' bus='0x%02x' slot='0x%02x' function='0x%x'/>\n",
		   (unsigned int)dev->addr.domain, dev->addr.bus, slot, function);
	out_text(s->out, "  </source>\n");
	if (show_functions(s, dev) > 1)
		out_printf(s->out,
			   "  <!-- as one card in the guest, on a free bus: <address type='pci' "
			   "domain='0x0000' bus='0x05' slot='0x00' function='0x%x'%s/> -->\n",
			   function, function ? "" : " multifunction='on'");
	if (class_is_display(dev->class))
		out_text(s->out, "  <!-- without the ROM: <rom bar='off'/> -->\n");
	out_text(s->out, "</hostdev>\n");
}

static void argument(const struct show *s, const char *name, const char *value)
{
	out_printf(s->out, "  <qemu:arg value='%s'/>\n  <qemu:arg value='%s'/>\n", name, value);
}

static void memory(const struct show *s, const struct show_memory *m)
{
	unsigned long long size = m->size;
	char path[KVMFR_NODE_TEXT], object[200], device[120];

	(void)kvmfr_node_path(m->n, path);
	(void)snprintf(object, sizeof(object),
		       s->legacy ? "memory-backend-file,id=kvmfr%u,mem-path=%s,size=%llu,share=on"
				 : "{\"qom-type\":\"memory-backend-file\",\"id\":\"kvmfr%u\","
				   "\"mem-path\":\"%s\",\"size\":%llu,\"share\":true}",
		       m->n, path, size);
	(void)snprintf(device, sizeof(device),
		       s->legacy ? "ivshmem-plain,id=ivshmem%u,memdev=kvmfr%u"
				 : "{\"driver\":\"ivshmem-plain\",\"id\":\"ivshmem%u\","
				   "\"memdev\":\"kvmfr%u\"}",
		       m->n, m->n);
	argument(s, "-object", object);
	argument(s, "-device", device);
}

void show_libvirt(const struct show *s)
{
	const struct pci_dev *dev;
	unsigned int k;
	size_t i;

	for (i = 0; show_next(s, &i, &dev);)
		hostdev(s, i - 1, dev);
	if (!s->memories)
		return;
	show_memory_note(s, "<!-- ", " -->");
	out_text(s->out,
		 "<!-- below domain, not below devices: -->\n"
		 "<qemu:commandline xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'>\n");
	for (k = 0; k < s->memories; k++)
		memory(s, &s->memory[k]);
	out_text(s->out, "</qemu:commandline>\n");
}
