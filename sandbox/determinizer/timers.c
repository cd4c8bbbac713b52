// alarm, setitimer, timer_create and timerfd in virtual time. A timerfd is an event counter that the determinizer adds to.
#include "determinizer.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#define ID_OF_INTERVAL_TIMER(which) (-1 - (int)(which))

static struct timer *find_timer(struct process *process, int id) {
	for (struct timer *timer = process->timers; timer; timer = timer->next)
		if (timer->id == id && timer->descriptor < 0) return timer;
	return NULL;
}

static struct timer *add_timer(struct process *process, int id) {
	struct timer *timer = calloc(1, sizeof *timer);
	if (!timer) refuse("out of memory for timers");
	timer->id = id;
	timer->descriptor = -1;
	timer->deadline_ns = FOREVER;
	timer->next = process->timers;
	process->timers = timer;
	return timer;
}

static void remove_timer(struct process *process, struct timer *gone) {
	struct timer **slot = &process->timers;
	while (*slot != gone) slot = &(*slot)->next;
	*slot = gone->next;
	free(gone);
}

void drop_timers(struct process *process) {
	while (process->timers) remove_timer(process, process->timers);
}

uint64_t next_timer_deadline(void) {
	uint64_t next = FOREVER;
	for (struct process *process = world.processes; process; process = process->next)
		for (struct timer *timer = process->timers; timer; timer = timer->next)
			if (timer->deadline_ns < next) next = timer->deadline_ns;
	return next;
}

bool has_timers(void) { return next_timer_deadline() != FOREVER; }

static long counter_id(struct process *process, int descriptor) {
	char path[64], line[128];
	long id = -1;
	snprintf(path, sizeof path, "/proc/%d/fdinfo/%d", process->tgid, descriptor);
	FILE *file = fopen(path, "re");
	if (!file) return -1;
	while (fgets(line, sizeof line, file)) sscanf(line, "eventfd-id: %ld", &id);
	fclose(file);
	return id;
}

static void count_on_descriptor(struct process *process, struct timer *timer, uint64_t times) {
	if (counter_id(process, timer->descriptor) != timer->counter_id) return;
	int borrowed = (int)syscall(SYS_pidfd_getfd, process->pidfd, timer->descriptor, 0);
	if (borrowed < 0) return;
	if (write(borrowed, &times, sizeof times) < 0) notice("a timer could not be counted: %m");
	close(borrowed);
}

static void fire(struct process *process, struct timer *timer) {
	uint64_t now = clock_now(), times = 1;
	if (timer->interval_ns) {
		times += (now - timer->deadline_ns) / timer->interval_ns;
		timer->deadline_ns += times * timer->interval_ns;
	} else timer->deadline_ns = FOREVER;
	timer->overruns = times - 1;
	if (timer->descriptor >= 0) count_on_descriptor(process, timer, times);
	if (!timer->signal) return;
	timer->is_posted = true;
	if (timer->target_tid) syscall(SYS_tgkill, process->tgid, timer->target_tid, timer->signal);
	else kill(process->tgid, timer->signal);
	world.signal_moves++;
}

void fire_timers(void) {
	uint64_t now = clock_now();
	for (struct process *process = world.processes; process; process = process->next)
		for (struct timer *timer = process->timers; timer; timer = timer->next)
			if (timer->deadline_ns <= now) fire(process, timer);
}

// A signal of ours is to look as if the kernel's timer had sent it.
void disguise_signal(struct thread *thread, void *pointer) {
	siginfo_t *info = pointer;
	if ((info->si_code != SI_USER && info->si_code != SI_TKILL) || info->si_pid != getpid()) return;
	for (struct timer *timer = thread->process->timers; timer; timer = timer->next) {
		if (!timer->is_posted || timer->signal != info->si_signo) continue;
		timer->is_posted = false;
		int signal = info->si_signo;
		memset(info, 0, sizeof *info);
		info->si_signo = signal;
		info->si_code = timer->id < 0 ? SI_KERNEL : SI_TIMER;
		if (timer->id < 0) return;
		info->si_timerid = timer->id;
		info->si_overrun = (int)timer->overruns;
		info->si_value.sival_ptr = (void *)timer->value;
		return;
	}
}

static uint64_t left_of(const struct timer *timer) {
	uint64_t now = clock_now();
	if (!timer || timer->deadline_ns == FOREVER) return 0;
	return timer->deadline_ns > now ? timer->deadline_ns - now : 1000;
}

static void arm(struct timer *timer, uint64_t value_ns, uint64_t interval_ns, bool is_absolute) {
	timer->interval_ns = interval_ns;
	timer->overruns = 0;
	if (!value_ns) timer->deadline_ns = FOREVER;
	else if (is_absolute) timer->deadline_ns = value_ns > timer->base_ns ? value_ns - timer->base_ns : 0;
	else timer->deadline_ns = deadline_after(value_ns);
}

static enum outcome answered(registers *r, long value) {
	skip_call(r, value);
	return ANSWERED;
}

static struct timer *interval_timer(struct process *process, uint64_t which) {
	static const int signals[3] = {SIGALRM, SIGVTALRM, SIGPROF};
	struct timer *timer = find_timer(process, ID_OF_INTERVAL_TIMER(which));
	if (timer) return timer;
	timer = add_timer(process, ID_OF_INTERVAL_TIMER(which));
	timer->signal = signals[which];
	return timer;
}

enum outcome enter_alarm(struct thread *thread, registers *r) {
	struct timer *timer = interval_timer(thread->process, ITIMER_REAL);
	uint64_t left = left_of(timer);
	arm(timer, (uint64_t)(uint32_t)argument(r, 0) * SECOND_NS, 0, false);
	return answered(r, (long)((left + SECOND_NS - 1) / SECOND_NS));
}

static void write_interval(struct thread *thread, uint64_t address, const struct timer *timer) {
	uint64_t left = left_of(timer), interval = timer ? timer->interval_ns : 0;
	struct itimerval value = {
		{(time_t)(interval / SECOND_NS), (suseconds_t)(interval % SECOND_NS / 1000)},
		{(time_t)(left / SECOND_NS), (suseconds_t)(left % SECOND_NS / 1000)},
	};
	if (address) write_memory(thread, address, &value, sizeof value);
}

enum outcome enter_getitimer(struct thread *thread, registers *r) {
	if (argument(r, 0) > 2) return answered(r, -EINVAL);
	write_interval(thread, argument(r, 1), interval_timer(thread->process, argument(r, 0)));
	return answered(r, 0);
}

static uint64_t from_timeval(struct timeval value) { return (uint64_t)value.tv_sec * SECOND_NS + (uint64_t)value.tv_usec * 1000; }

enum outcome enter_setitimer(struct thread *thread, registers *r) {
	struct itimerval value = {{0, 0}, {0, 0}};
	if (argument(r, 0) > 2) return answered(r, -EINVAL);
	if (argument(r, 1) && !read_memory(thread, argument(r, 1), &value, sizeof value)) return answered(r, -EFAULT);
	struct timer *timer = interval_timer(thread->process, argument(r, 0));
	write_interval(thread, argument(r, 2), timer);
	arm(timer, from_timeval(value.it_value), from_timeval(value.it_interval), false);
	return answered(r, 0);
}

// struct sigevent as the kernel has it.
struct event {
	uint64_t value;
	int32_t signal, notify, tid;
};

enum outcome enter_timer_create(struct thread *thread, registers *r) {
	struct event event = {.signal = SIGALRM, .notify = SIGEV_SIGNAL};
	struct process *process = thread->process;
	if (argument(r, 1) && !read_memory(thread, argument(r, 1), &event, sizeof event)) return answered(r, -EFAULT);
	struct timer *timer = add_timer(process, process->next_timer++);
	timer->base_ns = clock_base((int)argument(r, 0));
	timer->value = argument(r, 1) ? event.value : (uint64_t)timer->id;
	timer->signal = event.notify == SIGEV_NONE ? 0 : event.signal;
	timer->target_tid = event.notify == 4 ? event.tid : 0; // SIGEV_THREAD_ID
	return answered(r, write_memory(thread, argument(r, 2), &timer->id, sizeof(int)) ? 0 : -EFAULT);
}

static void write_specification(struct thread *thread, uint64_t address, const struct timer *timer) {
	uint64_t left = left_of(timer), interval = timer->interval_ns;
	struct itimerspec value = {
		{(time_t)(interval / SECOND_NS), (long)(interval % SECOND_NS)},
		{(time_t)(left / SECOND_NS), (long)(left % SECOND_NS)},
	};
	if (address) write_memory(thread, address, &value, sizeof value);
}

static enum outcome set_timer(struct thread *thread, registers *r, struct timer *timer) {
	struct itimerspec value;
	if (!read_memory(thread, argument(r, 2), &value, sizeof value)) return answered(r, -EFAULT);
	write_specification(thread, argument(r, 3), timer);
	uint64_t first = (uint64_t)value.it_value.tv_sec * SECOND_NS + (uint64_t)value.it_value.tv_nsec;
	uint64_t interval = (uint64_t)value.it_interval.tv_sec * SECOND_NS + (uint64_t)value.it_interval.tv_nsec;
	arm(timer, first, interval, argument(r, 1) & TIMER_ABSTIME);
	return answered(r, 0);
}

enum outcome enter_timer_settime(struct thread *thread, registers *r) {
	struct timer *timer = find_timer(thread->process, (int)argument(r, 0));
	return timer ? set_timer(thread, r, timer) : answered(r, -EINVAL);
}

enum outcome enter_timer_gettime(struct thread *thread, registers *r) {
	struct timer *timer = find_timer(thread->process, (int)argument(r, 0));
	if (!timer) return answered(r, -EINVAL);
	write_specification(thread, argument(r, 1), timer);
	return answered(r, 0);
}

enum outcome enter_timer_getoverrun(struct thread *thread, registers *r) {
	struct timer *timer = find_timer(thread->process, (int)argument(r, 0));
	return answered(r, timer ? (long)timer->overruns : -EINVAL);
}

enum outcome enter_timer_delete(struct thread *thread, registers *r) {
	struct timer *timer = find_timer(thread->process, (int)argument(r, 0));
	if (!timer) return answered(r, -EINVAL);
	remove_timer(thread->process, timer);
	return answered(r, 0);
}

// The flags of timerfd_create and of eventfd2 are the same bits.
enum outcome enter_timerfd_create(struct thread *thread, registers *r) {
	thread->kept[0] = clock_base((int)argument(r, 0));
	thread->kept[1] = argument(r, 0);
	set_call_number(r, SYS_eventfd2);
	set_argument(r, 0, 0);
	return PROCEED_TO_EXIT;
}

enum outcome leave_timerfd_create(struct thread *thread, registers *r) {
	set_argument(r, 0, thread->kept[1]);
	if (call_result(r) < 0) return FINISHED;
	struct timer *timer = add_timer(thread->process, 0);
	timer->base_ns = thread->kept[0];
	timer->descriptor = (int)call_result(r);
	timer->counter_id = counter_id(thread->process, timer->descriptor);
	return FINISHED;
}

static struct timer *descriptor_timer(struct process *process, int descriptor) {
	long id = counter_id(process, descriptor);
	for (struct timer *timer = process->timers; timer; timer = timer->next)
		if (timer->descriptor >= 0 && timer->counter_id == id) return timer;
	return NULL;
}

// Arming a timer anew forgets the expirations that were not read.
static void empty_counter(struct thread *thread, int descriptor) {
	uint64_t value;
	int borrowed = borrow_descriptor(thread, descriptor);
	if (borrowed >= 0 && is_descriptor_ready(thread, descriptor, POLLIN) && read(borrowed, &value, sizeof value) < 0) notice("a timer could not be emptied: %m");
	if (borrowed >= 0) close(borrowed);
}

enum outcome enter_timerfd_settime(struct thread *thread, registers *r) {
	struct timer *timer = descriptor_timer(thread->process, (int)argument(r, 0));
	if (!timer) return answered(r, -EINVAL);
	timer->descriptor = (int)argument(r, 0);
	empty_counter(thread, timer->descriptor);
	return set_timer(thread, r, timer);
}

enum outcome enter_timerfd_gettime(struct thread *thread, registers *r) {
	struct timer *timer = descriptor_timer(thread->process, (int)argument(r, 0));
	if (!timer) return answered(r, -EINVAL);
	write_specification(thread, argument(r, 1), timer);
	return answered(r, 0);
}
