/* SPDX-License-Identifier: BSD-2-Clause */
/* What has become of the processes in the table, brought to the roll and into the tally. */
#ifndef NEWS_H
#define NEWS_H

#include "watch.h"

/* All that happened since the last time. */
void news_take(struct watch *watch, uint64_t now);

/* It is not to be watched any more. context: the watch. */
void news_drop(pid_t pid, void *context);

#endif
