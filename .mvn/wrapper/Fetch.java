import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.Properties;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/** Fetches the Maven that the properties name, checks its SHA-256, and unpacks it where {@code mvnw} looks for it. */
final class Fetch {
  private Fetch() {}

  public static void main(String... arguments) throws Exception {
    Properties wanted = new Properties();
    try (InputStream in = Files.newInputStream(Path.of(arguments[0]))) {
      wanted.load(in);
    }
    Path home = Path.of(arguments[1]);
    URI from = URI.create(wanted.getProperty("distributionUrl"));
    System.out.println("首次运行，正在下载 / first run, fetching " + from);
    Files.createDirectories(home.getParent());
    // Beside its place, then moved there in one step: two builds that begin together do not see half of it.
    Path work = Files.createTempDirectory(home.getParent(), "fetching");
    try {
      Path archive = download(from, work.resolve("maven.zip"));
      String digest = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(archive)));
      if (!digest.equals(wanted.getProperty("distributionSha256Sum"))) {
        fail("下载的文件与校验值不符 / what came does not match its SHA-256: " + digest);
      }
      Path unpacked = unpack(archive, work.resolve("unpacked"));
      try {
        Files.move(unpacked, home);
      } catch (FileAlreadyExistsException | DirectoryNotEmptyException another) {
        // Somebody else was quicker; theirs is as good.
      }
    } finally {
      delete(work);
    }
  }

  private static Path download(URI from, Path to) throws IOException, InterruptedException {
    HttpClient.Builder client = HttpClient.newBuilder()
        .followRedirects(HttpClient.Redirect.NORMAL).connectTimeout(Duration.ofSeconds(30));
    String proxy = System.getenv("https_proxy") != null ? System.getenv("https_proxy") : System.getenv("HTTPS_PROXY");
    if (proxy != null && !proxy.isBlank()) {
      URI at = URI.create(proxy);
      client.proxy(ProxySelector.of(new InetSocketAddress(at.getHost(), at.getPort() < 0 ? 80 : at.getPort())));
    }
    HttpRequest request = HttpRequest.newBuilder(from).timeout(Duration.ofMinutes(5)).build();
    try {
      int status = client.build().send(request, HttpResponse.BodyHandlers.ofFile(to)).statusCode();
      if (status != 200) {
        fail("下载失败 / the server answered " + status);
      }
    } catch (IOException e) {
      fail("无法连接 " + from.getHost() + "，请检查网络或设置 https_proxy / cannot reach it; check the network or set https_proxy");
    }
    return to;
  }

  private static Path unpack(Path archive, Path target) throws IOException {
    try (ZipInputStream zip = new ZipInputStream(Files.newInputStream(archive))) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        Path file = target.resolve(entry.getName()).normalize();
        if (!file.startsWith(target)) {
          fail("压缩包路径越界 / the archive leads outside its folder");
        }
        if (entry.isDirectory()) {
          Files.createDirectories(file);
        } else {
          Files.createDirectories(file.getParent());
          Files.copy(zip, file);
          if (file.getParent().endsWith("bin")) {
            file.toFile().setExecutable(true);
          }
        }
      }
    }
    return target;
  }

  private static void delete(Path folder) throws IOException {
    try (var all = Files.walk(folder)) {
      for (Path one : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(one);
      }
    }
  }

  private static void fail(String text) {
    System.err.println(text);
    System.exit(1);
  }
}
