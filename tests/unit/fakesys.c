/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fakesys.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "attr.h"
#include "modload.h"
#include "unit.h"

#define DEVICES_MAX 32
#define MODULES_MAX 8
#define TRACE_MAX 8192

struct fake_modules {
	const char *name;
	bool registers;
	int error;
};

static struct {
	bool active;
	char dir[64];
	struct root root;
	struct fake_device *dev[DEVICES_MAX];
	size_t devs;
	struct fake_modules module[MODULES_MAX];
	size_t modules;
	char *trace; /* shared with children */
} fake;

int __real_attr_write(int dir, const char *rel, const char *value);
int __real_modload_insert(struct modload *m, const char *name);

/* A path below the fake root, in one of a few buffers. */
static const char *at(const char *format, ...) printf_like(1, 2);
static const char *at(const char *format, ...)
{
	static char buf[4][PATH_MAX];
	static unsigned int next;
	char *path = buf[next++ % ARRAY_LEN(buf)];
	int n = snprintf(path, PATH_MAX, "%s/", fake.dir);
	va_list ap;

	va_start(ap, format);
	(void)vsnprintf(path + n, PATH_MAX - (size_t)n, format, ap);
	va_end(ap);
	return path;
}

static void trace(const char *format, ...) printf_like(1, 2);
static void trace(const char *format, ...)
{
	size_t used = strlen(fake.trace);
	va_list ap;

	va_start(ap, format);
	(void)vsnprintf(fake.trace + used, TRACE_MAX - used, format, ap);
	va_end(ap);
}

/* mkdir -p */
static void make_dirs(const char *path)
{
	char copy[PATH_MAX];
	char *slash;

	(void)snprintf(copy, sizeof(copy), "%s", path);
	for (slash = strchr(copy + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		(void)mkdir(copy, 0755);
		*slash = '/';
	}
	assert_true(mkdir(copy, 0755) == 0 || errno == EEXIST);
}

static void write_file(const char *path, const char *content)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	assert_true(fd >= 0);
	assert_int_equal(write_all(fd, content, strlen(content)), 0);
	(void)close(fd);
}

void fake_file(const char *rel, const char *content)
{
	char dir[PATH_MAX];

	(void)snprintf(dir, sizeof(dir), "%s", at("%s", rel));
	*strrchr(dir, '/') = '\0';
	make_dirs(dir);
	write_file(at("%s", rel), content);
}

void fake_start(void)
{
	static const char *const dirs[] = { "sys/bus/pci/devices",
					    "sys/bus/pci/drivers",
					    "sys/kernel/iommu_groups",
					    "sys/module",
					    "run",
					    "etc",
					    "proc",
					    "dev" };
	size_t i;

	memset(&fake, 0, sizeof(fake));
	(void)snprintf(fake.dir, sizeof(fake.dir), "/tmp/vfio-early-test-XXXXXX");
	assert_non_null(mkdtemp(fake.dir));
	for (i = 0; i < ARRAY_LEN(dirs); i++)
		make_dirs(at("%s", dirs[i]));
	fake_file("sys/bus/pci/drivers_probe", "");
	assert_int_equal(root_open(&fake.root, fake.dir), 0);
	fake.trace =
		mmap(NULL, TRACE_MAX, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	assert_true(fake.trace != MAP_FAILED);
	fake.active = true;
}

static int remove_entry(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

void fake_stop(void)
{
	fake.active = false;
	root_close(&fake.root);
	(void)munmap(fake.trace, TRACE_MAX);
	(void)nftw(fake.dir, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}

const struct root *fake_root(void)
{
	return &fake.root;
}

void fake_driver(const char *name)
{
	make_dirs(at("sys/bus/pci/drivers/%s", name));
}

static bool driver_there(const char *name)
{
	return access(at("sys/bus/pci/drivers/%s", name), F_OK) == 0;
}

static void bind(const struct fake_device *d, const char *driver)
{
	assert_int_equal(symlink(at("sys/bus/pci/drivers/%s", driver),
				 at("sys/bus/pci/devices/%s/driver", d->addr)),
			 0);
}

void fake_add(struct fake_device *d)
{
	const char *colon = strchr(d->id, ':');
	char vendor[8];

	assert_true(fake.devs < DEVICES_MAX);
	fake.dev[fake.devs++] = d;
	make_dirs(at("sys/devices/pci0000:00/%s", d->addr));
	assert_int_equal(symlink(at("sys/devices/pci0000:00/%s", d->addr),
				 at("sys/bus/pci/devices/%s", d->addr)),
			 0);
	(void)snprintf(vendor, sizeof(vendor), "%.*s", (int)(colon - d->id), d->id);
	write_file(at("sys/bus/pci/devices/%s/vendor", d->addr), vendor);
	write_file(at("sys/bus/pci/devices/%s/device", d->addr), colon + 1);
	write_file(at("sys/bus/pci/devices/%s/class", d->addr), d->class);
	write_file(at("sys/bus/pci/devices/%s/driver_override", d->addr), "");
	if (d->group >= 0) {
		make_dirs(at("sys/kernel/iommu_groups/%d/devices", d->group));
		assert_int_equal(
			symlink(at("sys/devices/pci0000:00/%s", d->addr),
				at("sys/kernel/iommu_groups/%d/devices/%s", d->group, d->addr)),
			0);
		assert_int_equal(symlink(at("sys/kernel/iommu_groups/%d", d->group),
					 at("sys/bus/pci/devices/%s/iommu_group", d->addr)),
				 0);
	}
	if (d->native)
		fake_driver(d->native);
	if (d->driver) {
		fake_driver(d->driver);
		bind(d, d->driver);
	}
}

void fake_module(const char *name, bool registers, int error)
{
	assert_true(fake.modules < MODULES_MAX);
	fake.module[fake.modules++] = (struct fake_modules){ name, registers, error };
}

const char *fake_trace(void)
{
	return fake.trace;
}

void fake_trace_clear(void)
{
	fake.trace[0] = '\0';
}

const char *fake_driver_of(const char *addr)
{
	static char name[64];

	if (attr_link_name(AT_FDCWD, at("sys/bus/pci/devices/%s/driver", addr), name,
			   sizeof(name)) < 0)
		return "";
	return name;
}

const char *fake_override_of(const char *addr)
{
	static char value[64];

	assert_true(attr_read(AT_FDCWD, at("sys/bus/pci/devices/%s/driver_override", addr), value,
			      sizeof(value)) >= 0);
	return value;
}

static struct fake_device *find(const char *addr, size_t len)
{
	size_t i;

	for (i = 0; i < fake.devs; i++)
		if (strlen(fake.dev[i]->addr) == len && strncmp(fake.dev[i]->addr, addr, len) == 0)
			return fake.dev[i];
	return NULL;
}

/* As driver_set_override(): a newline clears, nothing at all changes nothing. */
static int write_override(struct fake_device *d, const char *value)
{
	const char *path = at("sys/bus/pci/devices/%s/driver_override", d->addr);

	if (!*value)
		trace("empty %s\n", d->addr);
	else if (*value == '\n')
		trace("clear %s\n", d->addr);
	else
		trace("override %s %s\n", d->addr, value);
	if (d->override_error)
		return d->override_error;
	if (*value && !d->override_ignored)
		write_file(path, *value == '\n' ? "" : value);
	return 0;
}

static int write_unbind(const struct fake_device *d, const char *value)
{
	const char *link = at("sys/bus/pci/devices/%s/driver", d->addr);

	trace("unbind %s\n", d->addr);
	assert_string_equal(value, d->addr);
	if (!fake_driver_of(d->addr)[0])
		return -ENOENT;
	while (d->unbind_hangs)
		(void)sleep(1);
	if (d->unbind_dies)
		_exit(1);
	if (d->unbind_error)
		return d->unbind_error;
	if (!d->unbind_ignored)
		assert_int_equal(unlink(link), 0);
	return d->unbind_gone ? -ENODEV : 0;
}

static int write_probe(const char *value)
{
	const struct fake_device *d = find(value, strlen(value));
	const char *driver;

	trace("probe %s\n", value);
	if (!d)
		return -ENODEV;
	if (d->probe_error)
		return d->probe_error;
	if (fake_driver_of(value)[0] || d->probe_ignored)
		return 0;
	driver = fake_override_of(value);
	if (d->rival)
		driver = d->rival;
	else if (!*driver)
		driver = d->native;
	if (driver && driver_there(driver))
		bind(d, driver);
	return 0;
}

int __wrap_attr_write(int dir, const char *rel, const char *value);
int __wrap_attr_write(int dir, const char *rel, const char *value)
{
	const char *slash = strchr(rel, '/');
	struct fake_device *d = slash ? find(rel, (size_t)(slash - rel)) : NULL;

	if (!fake.active)
		return __real_attr_write(dir, rel, value);
	if (strcmp(rel, PCI_PROBE) == 0)
		return write_probe(value);
	if (!d) {
		trace("write %s=%s\n", rel, value);
		return __real_attr_write(dir, rel, value);
	}
	if (strcmp(slash, "/driver_override") == 0)
		return write_override(d, value);
	if (strcmp(slash, "/driver/unbind") == 0)
		return write_unbind(d, value);
	trace("attr %s %s=%s\n", d->addr, slash + 1, value);
	return d->attr_error;
}

/* A driver that registers takes what is overridden to it, at once. */
static void register_driver(const char *module)
{
	char name[64];
	size_t i;

	(void)snprintf(name, sizeof(name), "%s", module);
	fake_driver(name);
	for (i = 0; i < fake.devs; i++)
		if (strcmp(fake_override_of(fake.dev[i]->addr), name) == 0 &&
		    !fake_driver_of(fake.dev[i]->addr)[0] && !fake.dev[i]->probe_ignored &&
		    !fake.dev[i]->probe_error)
			bind(fake.dev[i], name);
}

int __wrap_modload_insert(struct modload *m, const char *name);
int __wrap_modload_insert(struct modload *m, const char *name)
{
	size_t i;

	if (!fake.active)
		return __real_modload_insert(m, name);
	trace("load %s\n", name);
	for (i = 0; i < fake.modules; i++) {
		if (strcmp(fake.module[i].name, name) != 0)
			continue;
		if (fake.module[i].error)
			return fake.module[i].error;
		if (fake.module[i].registers)
			register_driver(name);
		return 0;
	}
	return -ENOENT;
}
