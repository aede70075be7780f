/* SPDX-License-Identifier: BSD-2-Clause */
#include "capture_file.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "capture_live.h"
#include "json.h"

struct text {
	char *bytes;
	size_t length, size;
};

static bool is_procfs(int fd)
{
	struct statfs filesystem;

	return fstatfs(fd, &filesystem) == 0 && filesystem.f_type == PROC_SUPER_MAGIC;
}

/* Returns 0 or a negative errno. */
static int read_all(int fd, struct text *text)
{
	for (;;) {
		ssize_t n;

		if (text->size - text->length < 4096) {
			size_t size = text->size ? text->size * 2 : 64 * 1024;
			char *bytes = realloc(text->bytes, size);

			if (!bytes)
				return -ENOMEM;
			text->bytes = bytes;
			text->size = size;
		}
		n = read(fd, text->bytes + text->length, text->size - text->length);
		if (n == 0)
			return 0;
		if (n > 0)
			text->length += (size_t)n;
		else if (errno != EINTR)
			return -errno;
	}
}

static int add_text(const struct text *text, const char *name, struct captures *captures)
{
	struct mapsnap *snapshot;
	size_t line;
	int error = mapsnap_parse(text->bytes, text->length, &snapshot, &line);

	if (error == -EBADMSG)
		warnx("%s: line %zu: neither maps of a 64-bit kernel nor JSON of maps-dump", name,
		      line);
	else if (error)
		warnx("%s: %s", name, strerror(-error));
	else if (!captures_add(captures, snapshot, NULL))
		error = -ENOMEM;
	return error;
}

static int add_json(const struct text *text, const char *name, struct captures *captures)
{
	char sentence[256];
	int error = json_read(text->bytes, text->length, captures, sentence, sizeof(sentence));

	if (error == -EBADMSG)
		warnx("%s: %s", name, sentence);
	else if (error)
		warnx("%s: %s", name, strerror(-error));
	return error;
}

static int add_saved(int fd, const char *name, const struct selection *selection,
		     struct captures *captures)
{
	struct text text = { 0 };
	int error = read_all(fd, &text);

	if (error)
		warnx("%s: %s", name, strerror(-error));
	else if (json_detect(text.bytes, text.length))
		error = add_json(&text, name, captures);
	else
		error = add_text(&text, name, captures);
	free(text.bytes);
	/* A document that breaks off is refused whole. */
	if (error)
		captures_free(captures);
	for (size_t i = 0; i < captures->count; i++) {
		struct capture *capture = &captures->list[i];

		capture->origin = name;
		capture->selection = selection_both(&capture->selection, selection);
	}
	return error;
}

enum status capture_file(const char *path, const struct options *options, struct captures *captures)
{
	bool is_stdin = strcmp(path, "-") == 0;
	const char *name = is_stdin ? "standard input" : path;
	int fd = is_stdin ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
	enum status status;

	if (fd < 0) {
		int error = -errno;

		warn("%s", name);
		return status_of_error(error);
	}
	if (is_procfs(fd))
		status = capture_maps_file(fd, name, options, captures);
	else
		status = status_of_error(add_saved(fd, name, &options->selection, captures));
	if (!is_stdin)
		close(fd);
	return status;
}
