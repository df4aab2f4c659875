/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads our own command line against the command table. Everything else is in the commands. */
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "command_table.h"
#include "out.h"
#include "pid1.h"

static enum exit_status version(void)
{
	struct out o;

	out_start(&o, STDOUT_FILENO);
	out_text(&o, "vfio-early " VFIO_EARLY_VERSION "\n");
	return out_flush(&o) < 0 ? EXIT_INTERNAL : EXIT_DONE;
}

/* "vfio-early: WHAT", then ": WORD" unless that is NULL, then the same with why. */
static enum exit_status usage(const char *what, const char *word, const char *why)
{
	const char *more[] = { word, why };
	struct out o;
	size_t i;

	out_start(&o, STDERR_FILENO);
	out_printf(&o, "vfio-early: %s", what);
	for (i = 0; i < ARRAY_LEN(more) && more[i]; i++) {
		out_text(&o, ": ");
		out_escaped(&o, more[i]);
	}
	out_text(&o, "\nTry: vfio-early --help\n");
	(void)!out_flush(&o);
	return EXIT_USAGE;
}

struct arguments {
	const char *root;
	unsigned int given;
	bool help, version;
	struct options options;
};

enum {
	LONG_HELP = 'h',
	LONG_VERSION = 'v',
	LONG_TABLE = 0x100, /* and the index in option_table */
};

#define LONGS_MAX 24

/* The table in the form that getopt_long() wants. */
static void long_options(struct option longs[LONGS_MAX])
{
	size_t i;

	for (i = 0; i < LONGS_MAX - 3 && option_table[i].name; i++)
		longs[i] =
			(struct option){ option_table[i].name,
					 option_table[i].argument ? required_argument : no_argument,
					 NULL, LONG_TABLE + (int)i };
	longs[i++] = (struct option){ "help", no_argument, NULL, LONG_HELP };
	longs[i++] = (struct option){ "version", no_argument, NULL, LONG_VERSION };
	longs[i] = (struct option){ NULL, 0, NULL, 0 };
}

static void take_option(struct arguments *a, unsigned int bit)
{
	struct options *o = &a->options;

	a->given |= bit;
	switch (bit) {
	case OPT_ROOT:
		a->root = optarg;
		break;
	case OPT_CMDLINE:
		o->cmdline = optarg;
		break;
	case OPT_POLICY:
		o->policy = optarg;
		break;
	case OPT_KERNEL:
		o->kernel = optarg;
		break;
	case OPT_NAME:
		o->name = optarg;
		break;
	default:
		break;
	}
	o->json = a->given & OPT_JSON;
	o->write = a->given & OPT_WRITE;
	o->now = a->given & OPT_NOW;
	o->only = a->given & OPT_ONLY;
	o->legacy = a->given & OPT_LEGACY;
	o->background = a->given & OPT_BACKGROUND;
	o->wait = a->given & OPT_WAIT;
}

/* 0, or what getopt_long() says: ':' or '?'. */
static int read_options(int argc, char **argv, struct arguments *a)
{
	struct option longs[LONGS_MAX];
	int c;

	long_options(longs);
	opterr = 0;
	while ((c = getopt_long(argc, argv, ":", longs, NULL)) != -1) {
		if (c == LONG_HELP)
			a->help = true;
		else if (c == LONG_VERSION)
			a->version = true;
		else if (c < LONG_TABLE)
			return c;
		else
			take_option(a, option_table[c - LONG_TABLE].bit);
	}
	return 0;
}

/* Names the first option that the command does not take. */
static enum exit_status foreign_option(unsigned int given, const struct command *command)
{
	const struct option_entry *e = option_table;
	char what[48];

	while (e->name && !(given & ~command->options & e->bit))
		e++;
	(void)snprintf(what, sizeof(what), "%s takes no option --%s", command->name,
		       e->name ? e->name : "");
	return usage(what, NULL, NULL);
}

static enum exit_status run_command(const struct command *command, struct arguments *a)
{
	enum exit_status status;
	int r;

	r = root_open(&a->options.root, a->root);
	if (r < 0)
		return usage("cannot open --root", a->root ? a->root : "", strerror(-r));
	a->options.files = &a->options.root;
	a->options.report_dir = REPORT_DIR;
	status = command->run(&a->options);
	root_close(&a->options.root);
	return status;
}

int main(int argc, char **argv)
{
	struct arguments a = { .root = NULL };
	const struct command *command;
	int r, i;

	if (pid1_wanted(argv[0]))
		return pid1_main(argv);
	(void)signal(SIGPIPE, SIG_IGN);
	r = read_options(argc, argv, &a);
	if (r)
		return usage(r == ':' ? "an argument is missing" : "unknown option",
			     argv[optind - 1], NULL);
	if (a.version)
		return version();
	command = optind < argc ? command_find(argv[optind]) : NULL;
	if (a.help && (command || optind == argc))
		return command_help(command);
	if (optind == argc)
		return usage("a command is missing", NULL, NULL);
	if (!command)
		return usage("unknown command", argv[optind], NULL);
	for (i = 0; optind + 1 + i < argc; i++) {
		if (i >= command->operands_max)
			return usage("one word too many", argv[optind + 1 + i], NULL);
		a.options.operand[i] = argv[optind + 1 + i];
	}
	if (i < command->operands_min)
		return usage("an operand is missing", command->operands, NULL);
	if (a.given & ~command->options)
		return foreign_option(a.given, command);
	return run_command(command, &a);
}
