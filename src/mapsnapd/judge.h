/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef JUDGE_H
#define JUDGE_H

#include <sys/types.h>

#include "gate_request.h"

/*
 * Becomes the client of the request for good, lets the kernel judge its cases, and
 * says the verdicts to the socket `answer`. For a child of the helper, which then
 * has nothing else to do. It ends with the helper.
 */
void judge(const struct gate_request *request, int answer, pid_t helper);

#endif
