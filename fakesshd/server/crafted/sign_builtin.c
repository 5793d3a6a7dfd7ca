/* RSA keys of 2,048 bits that are part of the program: to make one takes longer than a whole
 * catalogue should wait. */
#include "server/crafted/sign.h"

#include "base/base64.h"

#include <openssl/evp.h>
#include <stdlib.h>

/* PKCS#1, in base64. Made once for this program, known to everybody who can read. */
static const char host_key[] =
    "MIIEogIBAAKCAQEAqK5g05g/8Gokr52tYA019K7xEm9HCv/P70CELuPE4SchBnXyEbvNIKVNuw+OSINP9BChpBZW"
    "7Lf3qRl1h6Jgo7X1X9Q5CDDhe6BwLJ+uyFUjdq8Gy1kWpU+rt7+Ukwv/oBrSkLHCz4ivysc+uhfFJv7DRz/jy6Gc"
    "FIPc8cf7ulb3KdoRaSIKHkC1WoiLxmB+RbNDbuUw2VzDx40LQ1Z8+POOOma0sR2twytBDaaOUL0HX+Lbf/Ky9Wi+"
    "cnVBgaI26g4NN9YhwOUQ6+X1Lp3oB1xvxdE+2zrmNEDMKvGcv2bPO7DSnlre1MT8Ut07uGnsrwaL85z0t1T73q8o"
    "EoGPawIDAQABAoIBAAIMgcf5xhQ+ypueAQw0/fBIrBkkdTV75LLp48zeIwxLVSTtHLFeyH+x+tnB6nJZGW9Zc/dN"
    "w6C6hECeVHJc8S8Xm+AVeNt4HMrk/fSdVetznY3CQq/mW58GnWks/S2A/6OR6F4+9bPnsRbvSK93POoKpDYcX3R1"
    "Tea6Sl4rt/p2ueR+ezjC4mW5I8obvO78nRSF0lMm1edLspV6ZpS/PLhSWwcibbVdgtNzhcPS3Te6tRkqyvZWv4eb"
    "2b3+WUpbuWtGL7+/jCnNqfqe2tKW/buQzWAGmE1e38L3J7BhO05349jC1uTCDi3aGHOTNwgzbqFM/wo6SjdzC2MA"
    "e7UEIpECgYEA4ISj3Mgf2u7983NlGX6foBqu8vrlMF+5hd/AuhSKC+bMIQyYGinj3+i9FldoQ2H/nH5fsNn39Sts"
    "WQl6JD20K82kc1Ten+AvXFfyi6UNNZiGzwMCKDeGKp1W4AcLjkMxUiK5I/St1Ji0ztxn9xLLURVVrQ/+udEyhU+3"
    "dOOyGLECgYEAwFVmfkgmZgDae07gQzZZxncuPCMOgmvk/jdSm1ECqZPcZ2o0r3SOayAHfLmfFw+8+BctuxvynXjM"
    "5BUtIJ5NzNRPKJldnCK8L5JHRS7OiwpxX7RAFnfkF+KZ3ulXIjWsc872W1wia7fioMOLXALURaCmexR1bUp5Uy3K"
    "loopcNsCgYAdS1EyEm6Nm1dJN4o+bFYZhsHC9FeJG0RSomI8JUfpy6Bgw4rpBwQzh+N8EcWJ3TSDz71ejuIafCLz"
    "7xefuOlUOc22OqGdjJvBWbxM2ilCD/eu9P6IDs6TqtnV+zVXx46c3+j2NwujTJVy1DFAfJRIrRbzsL2UsyX7XO5b"
    "8wWe0QKBgHb63aK1Q3vKf13Ul4s8riDGTYXKMgmgcVKKKsIGRV1eKPSYkOsRcaD3eWpA8he0FrRqslGTomyj9CwM"
    "pZQOGhbiJ+33oh8apcvP8+LqZ78/wI7x1MuRczsLZSCuvMZe6cXifChcQLbeVIYbMbTD00kXbqWpLFNlxNQd+btS"
    "0PwNAoGAEYG2hBy+XlZpH5oBEwclgAgCX10sY1e93v9tAZoAZhGax1/TJZVdZjDNu6V17y2s6XLmjbutb03jxUxQ"
    "b+Kd1T/TtAdHjM/5lpkaMiQTs7jiMEQRSAakAvalbj6z1ocaZdIcMoFjOn7ds+uPvbjV2hdpPpunS+wuJVnseOdz"
    "sSg=";

static const char user_key[] =
    "MIIEpQIBAAKCAQEAx1J3QmeR198lytz9G7hdB5POLG6esn4TCSq1Bzf+DVqwasW7VtbrmYD/xeDdZ3qoHR5SiHXC"
    "hvjpjznxFRWIwrgeSyU6pXqCmQOh3NeKoxFpQKohLYAU7rxPnRX2ZP8VoDdF7I+7oxdCbegPM7BJ5z/pzF6zTk5h"
    "g2Eor5lieAkJAAlH1RGnMrukBz/ZStCYvPw9LHoI1nFvm10Vsj0pFnL9oUutrFwrgfi74W0x1vgp4jiTl2dSlfen"
    "aP68MoyrnHkE9bRWyxOc0nS3LBDLDW40RSrWawM3ZtT/7IgJkxLJBIp+kyt+2vFLoZdycmLkA887tXZg1FgcPCU8"
    "HZAOOQIDAQABAoIBAAwdONqYNxrYyQAa/YakZkIOQ4j7iallRHSpi/JV/rqyzPdWUHAjFJNiLdlp1OcDw0kuxTse"
    "Nh4ULYTLE5oRkpvsCwpL51Q0nZCdcgZdMsO9rIkVtfnBF7SZTRjp421ou/ied2Fc7H1pbdwGbzsX3yv+/E+Tn1/2"
    "X1KX8nw2rS+ImIu0E/d2BkRSyyiiabkMKZ1pUlsasRi12spRQM9MvZNP4jt1bZdthOtlmSWBqKWTUkk+p4EkrF/1"
    "xzgDlobzW2MYKJn0aMrxcRvsHEdKku4fV/WASvsPadjaK7kA8cdJ8OlUwurEOANRkhLNLnwPZj5CjgomCnOYI6yW"
    "TX6N1NECgYEA7p6qPPyRSIZQqIodh37Ngd8kHWId7m0X3IWCC+DOyF3+hlX/sRUTbtL9SMAYQOXm4WKjDTrSSX7v"
    "8/urp+qXY5OSlmIWuS/h/SUqHAA7+MhWZu2P0i7zYcI4EnWI0KMgmDo7p6dqTJVdYRHx4usaqjSnfNN6lFXnqrJw"
    "VLi4ABECgYEA1dcNQzFjlfbpjKp29zu/LSn2HyLuLbcY1l/OCAXr4A/4hCiScuAMSrQ8OWZjOT9qhDnix2B7tiXD"
    "LzPYriK8jGX2ONaysE+B7Vt56bFZGetqyXjJD1jOTtt9ypxR2VO2gIBJ5AnZVAs69LM4cScftyr4tkgMjRLeGt6q"
    "o61q06kCgYEA5lU35Oiz4LruTtILUQhgnTVk6gwU8lpSBybEcmzNjfHVR5zp1OiQOpDltvzeLH7/T55j39hgtlsW"
    "in/roYm8Gn2PqSQD5TxIO5BNRnwfZ7USWgaEppF1k27jq0XTC/n685Z6kQn0fPpNCe9FexIQSi3LYp3MnDUUC9x0"
    "vAMWcdECgYEApdLHKRTymcdIItnJuTzuqlJA1rJaqr6ylwLiHVyiJjWcTLe9oTFWttN/ZC+ewDUKH5FX565NINm1"
    "uzPkUl0Dg4hJ4Je1J33wTiTCrFLnum7Rd3yfxbPjAEm7CVQhMHt3KbzSD/EHQ+IVjM4x9aUWNg8voQLMINXBwGpt"
    "PtHq5kkCgYEAlnM17WrtY+e0nH4gAjOOpGxc35+5vdDlMNylfK8wZpKkduCpQjs8LHxBOvf7ZN/X24wxq3wS9ZpC"
    "5h0R6/GX9rSlV+mZgXxOH/Wb46TuwSQzlDGQkDTImJkrepZho5rmCOFvwCFXLVS7TOyBc98+AcO6h2Y+w+yCTgAL"
    "rWBebD4=";

EVP_PKEY *sign_builtin_rsa_key(enum sign_builtin which)
{
    static EVP_PKEY *keys[SIGN_BUILTIN_COUNT]; /* for the process, as long as it lives */
    unsigned char *bytes = NULL;
    size_t length = 0;
    const char *text = which == SIGN_BUILTIN_HOST ? host_key : user_key;
    if (keys[which] == NULL && base64_decode(text, &bytes, &length)) {
        const unsigned char *at = bytes;
        keys[which] = d2i_AutoPrivateKey(NULL, &at, (long)length);
    }
    free(bytes);
    return keys[which];
}
