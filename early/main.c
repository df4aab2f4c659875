/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The command table and the options. Everything else is in the commands. */
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <string.h>

#include "commands.h"
#include "out.h"
#include "pid1.h"

enum option_bit {
	OPT_ROOT = 1 << 0,
	OPT_JSON = 1 << 1,
	OPT_CMDLINE = 1 << 2,
	OPT_POLICY = 1 << 3,
	OPT_KERNEL = 1 << 4,
};

static const struct command {
	const char *name;
	enum exit_status (*run)(const struct options *o);
	unsigned int options; /* enum option_bit */
	const char *help;
} commands[] = {
	{ "claim", cmd_claim, OPT_ROOT | OPT_CMDLINE | OPT_POLICY,
	  "carry out the policy on this machine, now; what the boot runs" },
	{ "plan", cmd_plan, OPT_ROOT | OPT_JSON | OPT_CMDLINE | OPT_POLICY | OPT_KERNEL,
	  "show the same decision and change nothing" },
	{ "manifest", cmd_manifest, OPT_ROOT | OPT_KERNEL,
	  "list what an initramfs image must hold" },
};

static const struct option_help {
	unsigned int bit;
	const char *name;
	const char *argument; /* NULL: none */
	const char *help;
} option_table[] = {
	{ OPT_ROOT, "root", "DIR", "look at a recorded or mounted tree instead of /" },
	{ OPT_JSON, "json", NULL, "print JSON" },
	{ OPT_CMDLINE, "cmdline", "TEXT", "instead of the kernel command line" },
	{ OPT_POLICY, "policy", "FILE", "instead of the policy files" },
	{ OPT_KERNEL, "kernel", "VERSION", "instead of the running kernel" },
};

static enum exit_status help(void)
{
	struct out o;
	size_t i;

	out_start(&o, STDOUT_FILENO);
	out_text(&o, "Usage: vfio-early [OPTION...] COMMAND\n\n"
		     "Claims whole IOMMU groups for vfio-pci before a host driver sees them.\n\n"
		     "Commands:\n");
	for (i = 0; i < ARRAY_LEN(commands); i++)
		out_printf(&o, "  %-10s  %s\n", commands[i].name, commands[i].help);
	out_text(&o, "\nOptions:\n");
	for (i = 0; i < ARRAY_LEN(option_table); i++)
		out_printf(&o, "  --%-8s %-8s %s\n", option_table[i].name,
			   option_table[i].argument ? option_table[i].argument : "",
			   option_table[i].help);
	out_text(&o, "  --help             print this\n"
		     "  --version          print the version\n\n"
		     "Exit status: 0 done, 1 internal, 2 usage, 3 policy error, 4 not claimed or\n"
		     "refused, 5 environment, 6 the boot must stop.\n");
	return out_flush(&o) < 0 ? EXIT_INTERNAL : EXIT_DONE;
}

static enum exit_status version(void)
{
	struct out o;

	out_start(&o, STDOUT_FILENO);
	out_text(&o, "vfio-early " VFIO_EARLY_VERSION "\n");
	return out_flush(&o) < 0 ? EXIT_INTERNAL : EXIT_DONE;
}

static enum exit_status usage(const char *what, const char *word)
{
	struct out o;

	out_start(&o, STDERR_FILENO);
	out_printf(&o, "vfio-early: %s", what);
	if (word) {
		out_text(&o, ": ");
		out_escaped(&o, word);
	}
	out_text(&o, "\nTry: vfio-early --help\n");
	(void)!out_flush(&o);
	return EXIT_USAGE;
}

static const struct command *find_command(const char *name)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(commands); i++)
		if (strcmp(name, commands[i].name) == 0)
			return &commands[i];
	return NULL;
}

struct arguments {
	const char *root;
	unsigned int given;
	bool help, version;
	struct options options;
};

static int read_options(int argc, char **argv, struct arguments *a)
{
	static const struct option longs[] = {
		{ "root", required_argument, NULL, 'r' },
		{ "json", no_argument, NULL, 'j' },
		{ "cmdline", required_argument, NULL, 'c' },
		{ "policy", required_argument, NULL, 'p' },
		{ "kernel", required_argument, NULL, 'k' },
		{ "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, 'v' },
		{ NULL, 0, NULL, 0 },
	};
	int c;

	opterr = 0;
	while ((c = getopt_long(argc, argv, ":", longs, NULL)) != -1) {
		switch (c) {
		case 'r':
			a->root = optarg;
			a->given |= OPT_ROOT;
			break;
		case 'j':
			a->options.json = true;
			a->given |= OPT_JSON;
			break;
		case 'c':
			a->options.cmdline = optarg;
			a->given |= OPT_CMDLINE;
			break;
		case 'p':
			a->options.policy = optarg;
			a->given |= OPT_POLICY;
			break;
		case 'k':
			a->options.kernel = optarg;
			a->given |= OPT_KERNEL;
			break;
		case 'h':
			a->help = true;
			break;
		case 'v':
			a->version = true;
			break;
		default:
			return c;
		}
	}
	return 0;
}

int main(int argc, char **argv)
{
	struct arguments a = { .root = NULL };
	const struct command *command;
	enum exit_status status;
	int r;

	if (pid1_wanted(argv[0]))
		return pid1_main(argv);
	(void)signal(SIGPIPE, SIG_IGN);
	r = read_options(argc, argv, &a);
	if (r)
		return usage(r == ':' ? "an argument is missing" : "unknown option",
			     argv[optind - 1]);
	if (a.help)
		return help();
	if (a.version)
		return version();
	if (optind == argc)
		return usage("a command is missing", NULL);
	command = find_command(argv[optind]);
	if (!command)
		return usage("unknown command", argv[optind]);
	if (optind + 1 < argc)
		return usage("one word too many", argv[optind + 1]);
	if (a.given & ~command->options)
		return usage("an option does not go with the command", command->name);
	r = root_open(&a.options.root, a.root);
	if (r < 0)
		return usage("cannot open --root", strerror(-r));
	a.options.files = &a.options.root;
	a.options.report_dir = REPORT_DIR;
	status = command->run(&a.options);
	root_close(&a.options.root);
	return status;
}
