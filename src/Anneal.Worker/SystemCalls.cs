using System.Runtime.InteropServices;

namespace Anneal.Worker;

/// <summary>Numbers of the system calls that training and answering need no more once the runtime is up; by architecture, from the kernel's tables.</summary>
internal static class SystemCalls
{
    /// <summary>Audit name of the architecture, as the filter sees it; 0 where there is no table.</summary>
    public static uint Architecture => RuntimeInformation.ProcessArchitecture switch
    {
        System.Runtime.InteropServices.Architecture.X64 => 0xC000003E,
        System.Runtime.InteropServices.Architecture.Arm64 => 0xC00000B7,
        _ => 0,
    };

    /// <summary>Thread or process: told apart by the flags in the first argument.</summary>
    public static uint Clone => IsX64 ? 56u : 220u;

    /// <summary>Its flags lie in memory, which a filter cannot read; answered as unknown, so that the C library takes clone.</summary>
    public const uint Clone3 = 435;

    /// <summary>Refused with "not permitted".</summary>
    public static IReadOnlyList<uint> Closed => IsX64 ? x64 : arm64;

    private static bool IsX64 => RuntimeInformation.ProcessArchitecture == System.Runtime.InteropServices.Architecture.X64;

    private static readonly uint[] x64 =
    [
        57, 58, 59, 322, // fork, vfork, execve, execveat
        41, 42, 43, 288, 49, 50, 53, // socket, connect, accept, accept4, bind, listen, socketpair
        86, 265, 88, 266, 133, 259, // link, linkat, symlink, symlinkat, mknod, mknodat
        101, 310, 311, 312, // ptrace, process_vm_readv, process_vm_writev, kcmp
        165, 166, 155, 161, 272, 308, 428, 429, 430, 431, 432, 442, // mount, umount2, pivot_root, chroot, unshare, setns, open_tree, move_mount, fsopen, fsconfig, fsmount, mount_setattr
        298, 321, 323, 425, 426, 427, // perf_event_open, bpf, userfaultfd, io_uring_setup, io_uring_enter, io_uring_register
        248, 249, 250, // add_key, request_key, keyctl
        175, 176, 313, 246, 320, 169, // init_module, delete_module, finit_module, kexec_load, kexec_file_load, reboot
        29, 64, 68, 240, 319, 447, // shmget, semget, msgget, mq_open, memfd_create, memfd_secret
        434, 438, 424, // pidfd_open, pidfd_getfd, pidfd_send_signal
        160, 302, // setrlimit, prlimit64 (asking is lost too; the runtime has asked)
    ];

    private static readonly uint[] arm64 =
    [
        221, 281, // execve, execveat
        198, 203, 202, 242, 200, 201, 199, // socket, connect, accept, accept4, bind, listen, socketpair
        37, 36, 33, // linkat, symlinkat, mknodat
        117, 270, 271, 272, // ptrace, process_vm_readv, process_vm_writev, kcmp
        40, 39, 41, 51, 97, 268, 428, 429, 430, 431, 432, 442, // mount, umount2, pivot_root, chroot, unshare, setns, open_tree, move_mount, fsopen, fsconfig, fsmount, mount_setattr
        241, 280, 282, 425, 426, 427, // perf_event_open, bpf, userfaultfd, io_uring_setup, io_uring_enter, io_uring_register
        217, 218, 219, // add_key, request_key, keyctl
        105, 106, 273, 104, 294, 142, // init_module, delete_module, finit_module, kexec_load, kexec_file_load, reboot
        194, 190, 186, 180, 279, 447, // shmget, semget, msgget, mq_open, memfd_create, memfd_secret
        434, 438, 424, // pidfd_open, pidfd_getfd, pidfd_send_signal
        164, 261, // setrlimit, prlimit64
    ];
}
