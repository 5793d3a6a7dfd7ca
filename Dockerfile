# fakesshd in a container: built in one stage; run in another, by a user without rights.
#
#     docker build -t fakesshd .
#     docker run --rm -v "$PWD:/work" fakesshd run --client ./my-client.lua --junit fakesshd.xml
#
# Whoever leases servers from it shares its network and its process ids, for leases listen on its
# loopback interface (--network host) and keys are files in its memory (--pid host, or the field
# private_key of a lease):
#
#     docker run --rm --network host fakesshd serve --control 127.0.0.1:8022
FROM debian:12-slim AS build
RUN apt-get update \
    && apt-get install -y --no-install-recommends \
        gcc make pkg-config libc6-dev libssh-dev libev-dev liblua5.4-dev libjansson-dev libssl-dev \
        libc-ares-dev libmicrohttpd-dev \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY . .
RUN make -j"$(nproc)" install PREFIX=/usr DESTDIR=/image

FROM debian:12-slim
# The libraries, and what `make demo` has beside them: OpenSSH to be judged, eu-stack for the evidence.
RUN apt-get update \
    && apt-get install -y --no-install-recommends \
        libssh-4 libev4 liblua5.4-0 libjansson4 libssl3 libc-ares2 libmicrohttpd12 \
        openssh-client elfutils \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --create-home fakesshd
COPY --from=build /image/ /
USER fakesshd
WORKDIR /work
HEALTHCHECK NONE
ENTRYPOINT ["fakesshd"]
CMD ["--help"]
