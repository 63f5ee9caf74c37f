package io.emrgateway.mappings.records;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.emrgateway.mappings.About.Identifier;
import io.emrgateway.mappings.records.RecordsRefused.Reason;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * What a FHIR server would hold after a hospital's bundles about a patient, and the answer it gives to a lookup.
 *
 * <p>Takes the transaction bundles that the mapping makes, in the order of admission, and the collections that another
 * hospital answers with. A conditional update replaces what it fits, a conditional create gives way to what is there. A
 * thing has the same fullUrl in every bundle, so a reference means the same thing in all of them.
 *
 * <p>Bundles may tell of other patients too, as a swap of beds does. What is theirs stays here: {@link #answer} lets out
 * only what belongs to the patient asked for.
 *
 * <p>Holds twice the text of what stands now, and while it takes a bundle that bundle twice more: 5,500 resources, 6.5 MB
 * of text, take 13 MB. For one thread.
 */
public final class PatientRecords {
  private static final Set<String> PERSONS_AND_VISITS = Set.of("Patient", "Encounter");

  private final Hospital hospital;
  private final Map<String, Held> byUrl = new HashMap<>();
  /** {@code Type|system|value} to all that bear it. */
  private final Map<String, List<Held>> bearing = new HashMap<>();
  private final Predicate<String> kept;
  private long taken;
  private long bytes;
  private boolean inPart;

  /** @param hospital whose records these are: the caller has seen to that by its signature */
  public PatientRecords(Hospital hospital) {
    this(hospital, Selection::mayComeOut);
  }

  private PatientRecords(Hospital hospital, Predicate<String> kept) {
    this.hospital = hospital;
    this.kept = kept;
  }

  /** Who the patients are and which visits they had, and nothing else: little, however long the record. */
  public static PatientRecords ofPersonsAndVisits(Hospital hospital) {
    return new PatientRecords(hospital, PERSONS_AND_VISITS::contains);
  }

  public Hospital hospital() {
    return hospital;
  }

  /**
   * Takes one bundle, all of it or nothing.
   *
   * @param bundle UTF-8 JSON: a transaction as the mapping makes it, or a collection
   * @throws RecordsRefused with place and reason. {@code AMBIGUOUS} is a bundle that the city could not load either: go on
   *     without it, and say so to whoever looks after the feed
   */
  public void take(byte[] bundle) {
    Reader reader = new Reader(kept);
    List<Entry> entries = reader.read(bundle);
    // As in a FHIR transaction, every condition is looked at before anything changes.
    Map<String, String> names = new HashMap<>();
    List<Held> there = new ArrayList<>(entries.size());
    for (Entry entry : entries) {
      Held match = match(entry);
      there.add(match);
      if (match != null && !match.url.equals(entry.held.url)) {
        names.put(entry.held.url, match.url);
      }
    }
    for (int i = 0; i < entries.size(); i++) {
      Held held = entries.get(i).held;
      if (!names.isEmpty()) {
        held.rename(url -> names.getOrDefault(url, url));
      }
      held.taken = ++taken;
      Held before = there.get(i) == null ? byUrl.get(held.url) : there.get(i);
      if (entries.get(i).patch) {
        patch(before, held);
      } else if (before == null) {
        held.order = byUrl.size();
        byUrl.put(held.url, held);
        note(held);
      } else if (!entries.get(i).ifAbsent) {
        replace(before, held);
      }
    }
    inPart |= reader.inPart;
  }

  /** Sets the state of what is known; where nothing is, a server refuses the request, and there is nothing to show. */
  private void patch(Held before, Held change) {
    if (before != null) {
      Map<String, Object> resource = before.tree();
      resource.putAll(change.tree());
      Held changed = new Held(before.url, before.type, resource, change.said);
      changed.taken = change.taken;
      replace(before, changed);
    }
  }

  private void replace(Held before, Held now) {
    forget(before);
    before.becomes(now);
    note(before);
  }

  /**
   * Who bears these identifiers. Those of files that were merged count as the patient's; so do those of several files that
   * were not, if all bear one number that is the same everywhere.
   *
   * @param ours whether a numbering is the hospital's own, and means nothing elsewhere
   * @return empty if nobody does, or if they belong to several people
   */
  public Optional<Person> person(List<Identifier> identifiers, Predicate<String> ours) {
    Selection selection = select(Asked.all(identifiers, Window.NONE));
    List<Held> standing = selection.patients.stream().map(selection::standing).distinct().toList();
    if (standing.isEmpty()) {
      return Optional.empty();
    }
    List<Identifier> everywhere = new ArrayList<>();
    selection.patients.forEach(one -> one.bears().stream().filter(number -> !ours.test(number.system()) && !everywhere.contains(number))
        .forEach(everywhere::add));
    boolean one = standing.size() == 1
        || everywhere.stream().anyMatch(number -> standing.stream().allMatch(file -> file.bears().contains(number)));
    return one ? Optional.of(new Person(everywhere, Whom.of(standing.get(0).tree()))) : Optional.empty();
  }

  /** The identifiers of the visits of a patient that bear a number, in whichever numbering. */
  public List<Identifier> visits(List<Identifier> patient, String number) {
    Selection selection = select(Asked.all(patient, Window.NONE));
    return all().stream().filter(held -> held.type.equals("Encounter") && selection.isTheirs(held))
        .flatMap(held -> held.bears().stream()).filter(one -> one.value().equals(number)).distinct().toList();
  }

  /** How many things are known, other people's included. */
  public int size() {
    return byUrl.size();
  }

  /** What belongs to the patient asked for, within window and sections. */
  public Answer answer(Asked asked) {
    return new Answering(hospital, select(asked)).answer();
  }

  Selection select(Asked asked) {
    return Selection.of(this, asked);
  }

  Collection<Held> all() {
    return byUrl.values();
  }

  Held at(String url) {
    return url == null ? null : byUrl.get(url);
  }

  /** The things of a type that bear an identifier. */
  List<Held> bearing(String type, String system, String value) {
    return bearing.getOrDefault(type + "|" + system + "|" + value, List.of());
  }

  private Held match(Entry entry) {
    Held same = byUrl.get(entry.held.url);
    if (entry.condition == null) {
      return same;
    }
    List<Held> found = bearing.getOrDefault(entry.held.type + "|" + entry.condition, List.of());
    if (found.size() <= 1 || found.contains(same)) {
      return found.size() == 1 ? found.get(0) : same;
    }
    throw new RecordsRefused(Reason.AMBIGUOUS, entry.place + ".request");
  }

  /** Whether a bundle said that there was more than fitted, so that the oldest is not here. */
  public boolean isInPart() {
    return inPart;
  }

  /** Text of all that stands now; what it takes of the heap is twice that. */
  public long bytes() {
    return bytes;
  }

  private void note(Held held) {
    bytes += held.json.length;
    for (String identifier : held.identifiers) {
      List<Held> bearers = bearing.computeIfAbsent(held.type + "|" + identifier, key -> new ArrayList<>(1));
      if (!bearers.contains(held)) {
        bearers.add(held);
      }
    }
  }

  private void forget(Held held) {
    bytes -= held.json.length;
    for (String identifier : held.identifiers) {
      List<Held> bearers = bearing.get(held.type + "|" + identifier);
      if (bearers != null) {
        bearers.remove(held);
      }
    }
  }

  /**
   * @param condition {@code system|value} of the identifier that the request asks for, or null
   * @param patch it only says what changes in what is known
   * @param place in the bundle
   */
  private record Entry(Held held, String condition, boolean ifAbsent, boolean patch, String place) {}

  /** Reads a bundle entry by entry: of a large one only one resource at a time is a tree. */
  private static final class Reader {
    private static final Pattern URL = Pattern.compile("urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");

    private final List<Entry> entries = new ArrayList<>();
    private final List<Map<String, Object>> requests = new ArrayList<>();
    private final Predicate<String> kept;
    private String type = "";
    private String timestamp;
    private int seen;
    private boolean inPart;

    private Reader(Predicate<String> kept) {
      this.kept = kept;
    }

    List<Entry> read(byte[] bundle) {
      Tree.read(bundle, this::bundle);
      Span said = Span.of(timestamp);
      List<Entry> checked = new ArrayList<>(entries.size());
      for (int i = 0; i < entries.size(); i++) {
        checked.add(asked(entries.get(i), requests.get(i), said == null ? null : said.ends()));
      }
      return checked;
    }

    private void bundle(JsonParser parser) throws IOException {
      boolean isBundle = false;
      while (parser.nextToken() != JsonToken.END_OBJECT) {
        String name = parser.currentName();
        JsonToken value = parser.nextToken();
        if (name.equals("entry") && value == JsonToken.START_ARRAY) {
          while (parser.nextToken() != JsonToken.END_ARRAY) {
            entry(parser);
          }
          continue;
        }
        switch (name) {
          case "resourceType" -> isBundle = "Bundle".equals(parser.getText());
          case "type" -> type = parser.getText();
          case "timestamp" -> timestamp = parser.getText();
          case "meta" -> inPart = Tree.objects(Tree.value(parser), "tag").stream().anyMatch(Answer.IN_PART::equals);
          default -> parser.skipChildren();
        }
      }
      if (!isBundle || !type.equals("transaction") && !type.equals("collection")) {
        throw new RecordsRefused(Reason.NOT_RECORDS, "Bundle.type");
      }
    }

    private void entry(JsonParser parser) throws IOException {
      String place = "Bundle.entry[" + seen++ + "]";
      if (parser.currentToken() != JsonToken.START_OBJECT) {
        throw new RecordsRefused(Reason.NOT_RECORDS, place);
      }
      Map<String, Object> entry = Tree.object(parser);
      if (entry.get("fullUrl") instanceof String url && URL.matcher(url).matches()
          && entry.get("resource") instanceof Map<?, ?> resource && resource.get("resourceType") instanceof String of) {
        if (of.equals("Parameters")) {
          patch(url, entry, Tree.cast(resource), place);
          return;
        }
        if (!kept.test(of)) {
          return; // A message header each message, accounts, insurers: nobody may ask for them.
        }
        entries.add(new Entry(new Held(url, of, Tree.cast(resource), null), null, false, false, place));
        requests.add(entry.get("request") instanceof Map<?, ?> request ? Tree.cast(request) : null);
      } else {
        throw new RecordsRefused(Reason.NOT_RECORDS, place);
      }
    }

    /** The one FHIRPath Patch that the mapping writes: {@code replace Type.status}. */
    private void patch(String url, Map<String, Object> entry, Map<String, Object> parameters, String place) {
      Map<String, Object> request = entry.get("request") instanceof Map<?, ?> one ? Tree.cast(one) : null;
      String asks = Tree.text(request, "url");
      String of = asks == null || asks.indexOf('?') < 0 ? "" : asks.substring(0, asks.indexOf('?'));
      String path = null;
      String value = null;
      for (Map<String, Object> operation : Tree.objects(parameters, "parameter")) {
        for (Map<String, Object> part : Tree.objects(operation, "part")) {
          path = "path".equals(part.get("name")) ? Tree.text(part, "valueString") : path;
          value = "value".equals(part.get("name")) ? Tree.text(part, "valueCode") : value;
        }
      }
      if (!"PATCH".equals(Tree.text(request, "method")) || !(of + ".status").equals(path) || value == null) {
        throw new RecordsRefused(Reason.NOT_RECORDS, place);
      }
      Map<String, Object> state = new HashMap<>(Map.of("resourceType", of, "status", value));
      entries.add(new Entry(new Held(url, of, state, null), null, false, true, place));
      requests.add(request);
    }

    private Entry asked(Entry entry, Map<String, Object> request, Instant said) {
      if (entry.held.said == null) {
        entry.held.said = said;
      }
      if (type.equals("collection") && request == null) {
        return entry;
      }
      String of = entry.held.type;
      String method = Tree.text(request, "method");
      String url = Tree.text(request, "url");
      String ifAbsent = Tree.text(request, "ifNoneExist");
      if ("PUT".equals(method) && url != null && url.startsWith(of + "?")) {
        return new Entry(entry.held, condition(url.substring(of.length() + 1), entry.place), false, false, entry.place);
      }
      if (entry.patch) {
        return new Entry(entry.held, condition(url.substring(of.length() + 1), entry.place), false, true, entry.place);
      }
      if ("PUT".equals(method) && url != null && url.startsWith(of + "/")) {
        return entry; // The mapping names such a thing by a fullUrl made from its id.
      }
      if ("POST".equals(method) && of.equals(url) && ifAbsent != null) {
        String condition = ifAbsent.startsWith("_id=") ? null : condition(ifAbsent, entry.place);
        return new Entry(entry.held, condition, true, false, entry.place);
      }
      throw new RecordsRefused(Reason.NOT_RECORDS, entry.place + ".request");
    }

    /** {@code identifier=system%7Cvalue} as {@code system|value}, with what a search parameter escapes taken back. */
    private static String condition(String query, String place) {
      if (!query.startsWith("identifier=") || query.indexOf('&') >= 0) {
        throw new RecordsRefused(Reason.NOT_RECORDS, place + ".request");
      }
      String escaped;
      try {
        escaped = URLDecoder.decode(query.substring("identifier=".length()).replace("+", "%2B"), StandardCharsets.UTF_8);
      } catch (IllegalArgumentException e) {
        throw new RecordsRefused(Reason.NOT_RECORDS, place + ".request");
      }
      StringBuilder plain = new StringBuilder(escaped.length());
      for (int i = 0; i < escaped.length(); i++) {
        char c = escaped.charAt(i);
        plain.append(c == '\\' && i + 1 < escaped.length() ? escaped.charAt(++i) : c);
      }
      return plain.toString();
    }
  }
}
