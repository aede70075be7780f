/* SPDX-License-Identifier: BSD-2-Clause */
/* The line on standard error that says how consistent a capture is. */
#ifndef LABEL_H
#define LABEL_H

#include "capture.h"

void label_print(const struct capture *capture);

#endif
