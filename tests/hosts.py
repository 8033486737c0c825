"""The web servers that a site is put on, which read what its build made for them."""

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tools import missing

NGINX = """\
{module}
{user}
daemon off;
pid {run}/nginx.pid;
error_log {run}/error.log;
events {{}}
http {{
  include /etc/nginx/mime.types;
  access_log off;
  client_body_temp_path {run}/body;
  proxy_temp_path {run}/proxy;
  fastcgi_temp_path {run}/fastcgi;
  uwsgi_temp_path {run}/uwsgi;
  scgi_temp_path {run}/scgi;
  server {{
    listen 127.0.0.1:{port}{tls};
    root {site};
    {brotli}
    {locations}
    include {site}/.nginx.conf;
  }}
}}
"""
TLS = """ ssl http2;
    ssl_certificate {run}/cert.pem;
    ssl_certificate_key {run}/key.pem;
    error_page 497 =301 https://$http_host$request_uri"""
BROTLI = Path("/usr/lib/nginx/modules/ngx_http_brotli_static_module.so")
APACHE = """\
ServerRoot {run}
ServerName localhost
PidFile {run}/apache.pid
ErrorLog {run}/error.log
Listen 127.0.0.1:{port}
{modules}
TypesConfig /etc/mime.types
DocumentRoot {site}
<Directory {site}>
  AllowOverride All
  Require all granted
</Directory>
SSLEngine on
SSLCertificateFile {run}/cert.pem
SSLCertificateKeyFile {run}/key.pem
"""
APACHE_MODULES = Path("/usr/lib/apache2/modules")
NEEDED = ("mpm_event", "authz_core", "dir", "mime", "headers", "ssl", "alias")
CADDY = """\
{{
  admin off
  auto_https off
}}
https://localhost:{port} {{
  tls {run}/cert.pem {run}/key.pem
  root * {site}
  import {site}/.Caddyfile
}}
"""

SELF_SIGNED = (
    *("req", "-x509", "-nodes", "-days", "2"),
    *("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"),
    *("-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"),
)


@contextmanager
def nginx(
    output: Path,
    *,
    brotli: bool = False,
    tls: bool = True,
    live: bool = False,
    locations: str = "",
) -> Iterator[str]:
    """Serve `output`, or a copy unless `live`, by nginx with its include.

    The include stands below `locations`. Yields the address.
    """
    program = _program("nginx")
    if brotli and not BROTLI.exists():
        missing("nginx's brotli", "sudo apt install libnginx-mod-http-brotli-static")
    with _place(output) as (site, run, port):
        configuration = NGINX.format(
            site=output if live else site,
            run=run,
            port=port,
            tls=TLS.format(run=run) if tls else "",
            module=f"load_module {BROTLI};" if brotli else "",
            brotli="brotli_static on;" if brotli else "",
            locations=locations,
            user="user root;" if os.geteuid() == 0 else "",
        )
        (run / "nginx.conf").write_text(configuration)
        with running([program, "-p", run, "-c", run / "nginx.conf"], port):
            yield f"{'https' if tls else 'http'}://localhost:{port}"


@contextmanager
def apache(output: Path) -> Iterator[str]:
    """Serve `output` by Apache over TLS, which reads its `.htaccess`."""
    program = _program("apache2")
    with _place(output) as (site, run, port):
        modules = "\n".join(
            f"LoadModule {name}_module {APACHE_MODULES}/mod_{name}.so"
            for name in NEEDED
        )
        configuration = APACHE.format(site=site, run=run, port=port, modules=modules)
        if os.geteuid() == 0:  # as which Apache answers nobody
            configuration += "User nobody\nGroup nogroup\n"
        (run / "apache.conf").write_text(configuration)
        command = [program, "-D", "FOREGROUND", "-f", run / "apache.conf"]
        with running(command, port):
            yield f"https://localhost:{port}"


@contextmanager
def caddy(output: Path) -> Iterator[str]:
    """Serve `output` by Caddy over TLS, with its snippet."""
    program = _program("caddy")
    with _place(output) as (site, run, port):
        (run / "Caddyfile").write_text(CADDY.format(site=site, run=run, port=port))
        with running([program, "run", "--config", run / "Caddyfile"], port):
            yield f"https://localhost:{port}"


def certificate(folder: Path) -> Path:
    """Make a key and a certificate for localhost in `folder`; return the latter."""
    made = folder / "cert.pem"
    subprocess.run(
        [
            _program("openssl"),
            *SELF_SIGNED,
            "-keyout",
            folder / "key.pem",
            "-out",
            made,
        ],
        check=True,
        capture_output=True,
    )
    return made


def _program(name: str) -> str:
    places = f"{os.environ['PATH']}:/usr/sbin"
    return shutil.which(name, path=places) or missing(name, f"sudo apt install {name}")


@contextmanager
def _place(output: Path) -> Iterator[tuple[Path, Path, int]]:
    """Yield a copy of `output` that every user may read, a run folder and a port."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        place.chmod(0o755)
        site = shutil.copytree(output, place / "site")
        (place / "run").mkdir()
        certificate(place / "run")
        yield site, place / "run", free_port()


def free_port() -> int:
    """Return a port of the loopback that nobody listens on."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def await_port(port: int, process: subprocess.Popen[bytes]) -> None:
    """Return once `process` listens at `port`; raise RuntimeError if it ends first."""
    for _ in range(200):
        with socket.socket() as one:
            if not one.connect_ex(("127.0.0.1", port)):
                return
        if process.poll() is not None:
            said = process.stdout.read().decode() if process.stdout else ""
            raise RuntimeError(f"{process.args}: {said}")
        time.sleep(0.05)


@contextmanager
def running(command: list[str | Path], port: int) -> Iterator[None]:
    """Run a server until the end of the block; it has answered at its port before."""
    environment = os.environ | {"HOME": str(Path(command[-1]).parent)}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=environment
    ) as process:
        try:
            await_port(port, process)
            yield
        finally:
            process.terminate()
