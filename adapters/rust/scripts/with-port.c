/* with-port VARIABLE PROGRAM [ARGUMENT...]: becomes the program, with the
   value of PORT in another variable, too, unless that is set. */
#include <stdlib.h>
#include <unistd.h>

int main(int count, char **words) {
  const char *port = getenv("PORT");
  if (count < 3) return 2;
  if (port && setenv(words[1], port, 0)) return 1;
  execv(words[2], words + 2);
  return 127;
}
