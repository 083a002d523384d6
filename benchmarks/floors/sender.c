/* The floor of fan-out: for each message, one send() of one frame to each connection, as fast as the kernel allows.
 *
 * Usage: sender CONNECTIONS FRAME_BYTES
 * Prints its port, reads the frame from standard input, and accepts the connections. Then, for each line
 * "MILLISECONDS", it sends for that long and prints how many messages were sent to each connection.
 */
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>

static void fail(const char *what)
{
    perror(what);
    exit(1);
}

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec + time.tv_nsec / 1e9;
}

static int listening(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    if (listener < 0 || bind(listener, (struct sockaddr *)&address, size) || listen(listener, 4096))
        fail("listen");
    getsockname(listener, (struct sockaddr *)&address, &size);
    printf("%d\n", ntohs(address.sin_port));
    fflush(stdout);
    return listener;
}

static void accept_all(int listener, int *connections, int count)
{
    int on = 1;
    for (int i = 0; i < count; i++) {
        if ((connections[i] = accept(listener, NULL, NULL)) < 0)
            fail("accept");
        setsockopt(connections[i], IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    }
}

static void send_to_all(const int *connections, int count, const char *frame, size_t size)
{
    for (int i = 0; i < count; i++)
        for (size_t sent = 0; sent < size;) {
            ssize_t some = send(connections[i], frame + sent, size - sent, MSG_NOSIGNAL);
            if (some < 0)
                fail("send");
            sent += some;
        }
}

int main(int argc, char **argv)
{
    if (argc != 3)
        return 2;
    int count = atoi(argv[1]), milliseconds;
    size_t size = atoi(argv[2]);
    int *connections = malloc(count * sizeof *connections);
    char *frame = malloc(size);
    int listener = listening();
    if (!connections || !frame || fread(frame, 1, size, stdin) != size)
        fail("frame");
    accept_all(listener, connections, count);
    while (scanf("%d", &milliseconds) == 1) {
        long messages = 0;
        for (double end = now() + milliseconds / 1000.0; now() < end; messages++)
            send_to_all(connections, count, frame, size);
        printf("%ld\n", messages);
        fflush(stdout);
    }
    return 0;
}
