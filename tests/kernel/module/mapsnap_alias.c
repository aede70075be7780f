// SPDX-License-Identifier: GPL-2.0
/*
 * Turns the 32-bit lock sequence of the caller's address space on, to where it
 * would be after nearly 2^31 write-locked sections.
 *
 * An address in hex, written to /proc/mapsnap_alias: the next section gets the
 * number in which the mapping there was last write-locked.  Read: the numbers
 * of the address space and of that mapping, 32 bits each.
 */
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/proc_fs.h>
#include <linux/uaccess.h>

static unsigned long address;

/* Within a section the number is odd; the unlock at the end adds one, as the next lock does. */
static ssize_t alias_write(struct file *file, const char __user *buffer, size_t count,
			   loff_t *offset)
{
	struct mm_struct *mm = current->mm;
	struct vm_area_struct *vma;
	int err = kstrtoul_from_user(buffer, count, 16, &address);

	if (err)
		return err;
	mmap_write_lock(mm);
	vma = vma_lookup(mm, address);
	if (vma)
		WRITE_ONCE(mm->mm_lock_seq.sequence, vma->vm_lock_seq - 2);
	mmap_write_unlock(mm);
	return vma ? count : -ENOENT;
}

static ssize_t alias_read(struct file *file, char __user *buffer, size_t count, loff_t *offset)
{
	struct mm_struct *mm = current->mm;
	struct vm_area_struct *vma;
	u32 sequence[2] = {};

	mmap_read_lock(mm);
	vma = vma_lookup(mm, address);
	if (vma) {
		sequence[0] = mm->mm_lock_seq.sequence;
		sequence[1] = vma->vm_lock_seq;
	}
	mmap_read_unlock(mm);
	return simple_read_from_buffer(buffer, count, offset, sequence, sizeof(sequence));
}

static const struct proc_ops alias_ops = {
	.proc_read	= alias_read,
	.proc_write	= alias_write,
	.proc_lseek	= default_llseek,
};

static int __init alias_init(void)
{
	return proc_create("mapsnap_alias", 0600, NULL, &alias_ops) ? 0 : -ENOMEM;
}
module_init(alias_init);

static void __exit alias_exit(void)
{
	remove_proc_entry("mapsnap_alias", NULL);
}
module_exit(alias_exit);

MODULE_DESCRIPTION("Lets the lock sequence of an address space alias, for a test");
MODULE_LICENSE("GPL");
