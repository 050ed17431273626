# The tool, with everything that it can do. It is made of the package that `make dist` makes:
#
#     make dist
#     docker build --tag reel .
#
# What it reads and writes is in the folder that is /data inside. It runs as user 10001; --user changes that.
#
#     docker run --rm --volume "$PWD:/data" --user "$(id -u):$(id -g)" reel info session.reel
#     docker run --rm --volume "$PWD/recordings:/data" --env REEL_PASSWORD --publish 127.0.0.1:4040:4040 \
#         reel serve . --host 0.0.0.0 --user support

# The package for this architecture, as its checksum has it.
FROM debian:bookworm-slim AS package
WORKDIR /packages
COPY .build-dist/ ./
RUN sha256sum --check --ignore-missing --strict SHA256SUMS \
    && mv reel_*_"$(dpkg --print-architecture)".deb /reel.deb

FROM debian:bookworm-slim
LABEL org.opencontainers.image.title="reel" \
      org.opencontainers.image.description="Recordings of server-rendered interfaces: convert, check, keep and replay them" \
      org.opencontainers.image.licenses="Apache-2.0"
ENV LANG=C.UTF-8
# libpq5 is for stores in PostgreSQL.
# hadolint ignore=DL3008
RUN --mount=type=bind,from=package,source=/reel.deb,target=/reel.deb \
    apt-get update \
    && apt-get install --yes --no-install-recommends /reel.deb libpq5 \
    && rm -rf /var/lib/apt/lists/* /var/cache/apt/* /var/log/apt /var/log/dpkg.log \
    && useradd --system --uid 10001 --home-dir /data --shell /usr/sbin/nologin reel \
    && install --directory --owner=reel /data
USER 10001
WORKDIR /data
VOLUME /data
EXPOSE 4040
ENTRYPOINT ["reel"]
CMD ["--help"]
