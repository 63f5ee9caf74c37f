package io.emrgateway.agent.configuration;

import io.emrgateway.agent.configuration.GatewaySettings.Source;
import io.emrgateway.agent.configuration.Problem.Code;
import io.emrgateway.agent.configuration.Problems.Place;
import io.emrgateway.agent.configuration.Problems.Words;
import io.emrgateway.mappings.SiteFolder;
import io.emrgateway.mappings.rules.RuleError;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Looks at the files and folders that settings name, each as the user who runs this. */
final class NamedFiles {
  private static final Set<PosixFilePermission> OTHERS = EnumSet.of(
      PosixFilePermission.GROUP_READ, PosixFilePermission.GROUP_WRITE,
      PosixFilePermission.OTHERS_READ, PosixFilePermission.OTHERS_WRITE);

  private final GatewaySettings settings;
  private final Problems problems;

  private NamedFiles(GatewaySettings settings) {
    this.settings = settings;
    this.problems = new Problems(settings.origin().file());
  }

  static GatewaySettings.NamedFilesRead check(GatewaySettings settings) {
    NamedFiles files = new NamedFiles(settings);
    files.home();
    GatewaySettings.Keys keys = settings.keys();
    files.secret("keys.signing", keys.signing());
    files.secret("keys.tls", keys.tls());
    files.secret("keys.password-file", keys.passwordFile());
    // The very first start makes home and master key; with a store already there, a missing key is a loss.
    if (Files.exists(keys.master()) || Files.exists(settings.home().resolve("gateway.db"))) {
      files.secret("keys.master", keys.master());
    }
    files.readable("keys.trust", keys.trust());
    files.readable("keys.city-ca", keys.cityCa());
    Optional<SiteFolder> site = settings.site().flatMap(files::site);
    for (Source source : settings.sources()) {
      String section = "sources[" + source.name() + "].tls.";
      source.tls().ifPresent(tls -> {
        files.readable(section + "keystore", tls.keystore());
        files.secret(section + "password-file", tls.passwordFile());
        tls.clientCa().ifPresent(ca -> files.readable(section + "client-ca", ca));
      });
    }
    return new GatewaySettings.NamedFilesRead(files.problems.found(), site);
  }

  private void home() {
    Path parent = settings.home().getParent();
    boolean canBeMade = !Files.exists(settings.home()) && parent != null && Files.isDirectory(parent) && Files.isWritable(parent);
    if (!canBeMade && (!Files.isDirectory(settings.home()) || !Files.isWritable(settings.home()))) {
      add(Code.HOME_UNUSABLE, "home",
          new Words("目录 " + settings.home() + " 不存在或不可写",
              "The folder " + settings.home() + " is missing or not writable"),
          new Words("建立该目录，并使网关用户可写", "Make the folder and let the gateway's user write to it"));
    }
  }

  private Optional<SiteFolder> site(Path folder) {
    try {
      SiteFolder site = SiteFolder.read(folder);
      String id = site.site().id();
      if (!id.equals(settings.hospital())) {
        add(Code.SITE_RULES, "site",
            new Words("映射目录属于 " + id + "，不是 " + settings.hospital(), "These rules are for " + id + ", not for " + settings.hospital()),
            new Words("改正 site.yaml 中的 site", "Correct site in site.yaml"));
      }
      return Optional.of(site);
    } catch (RuleError e) {
      add(Code.SITE_RULES, "site", new Words("映射规则有误：" + e.getMessage(), "A mistake in the rules: " + e.getMessage()),
          new Words("改正后执行 emr-gateway mapping check", "Correct it, then run emr-gateway mapping check"));
    } catch (UncheckedIOException e) {
      add(Code.NAMED_FILE_UNREADABLE, "site",
          new Words(folder + " 不是网关用户可读的目录", folder + " is not a folder the gateway's user may read"),
          new Words("检查路径、所有者和权限", "Check path, owner and permissions"));
    }
    return Optional.empty();
  }

  private boolean readable(String key, Path path) {
    if (!Files.exists(path)) {
      add(Code.NAMED_FILE_MISSING, key,
          new Words("没有文件 " + path, "There is no file " + path),
          new Words("把文件放到此处，或改正 " + key, "Put the file there, or correct " + key));
      return false;
    }
    if (!Files.isRegularFile(path) || !Files.isReadable(path)) {
      add(Code.NAMED_FILE_UNREADABLE, key,
          new Words(path + " 不是网关用户可读的文件", path + " is not a file the gateway's user may read"),
          new Words("检查所有者和权限", "Check its owner and permissions"));
      return false;
    }
    return true;
  }

  private void secret(String key, Path path) {
    if (!readable(key, path)) {
      return;
    }
    try {
      PosixFileAttributeView view = Files.getFileAttributeView(path, PosixFileAttributeView.class);
      if (view != null && view.readAttributes().permissions().stream().anyMatch(OTHERS::contains)) {
        add(Code.NAMED_FILE_EXPOSED, key,
            new Words(path + " 可被本机其他用户读写", path + " may be read or written by other users of this machine"),
            new Words("执行 chmod 600 " + path, "Run chmod 600 " + path));
      }
    } catch (IOException cannot) {
      add(Code.NAMED_FILE_UNREADABLE, key,
          new Words(path + " 的权限无法查看", "The permissions of " + path + " cannot be seen"),
          new Words("检查所有者和权限", "Check its owner and permissions"));
    }
  }

  private void add(Code code, String key, Words text, Words remedy) {
    Place place = settings.effective().stream()
        .filter(one -> one.key().equals(key))
        .findFirst()
        .map(one -> new Place(one.line(), one.column()))
        .orElse(Place.WHOLE_FILE);
    problems.add(code, place, key, text, remedy);
  }
}
