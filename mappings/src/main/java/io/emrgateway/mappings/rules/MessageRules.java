package io.emrgateway.mappings.rules;

import java.util.List;
import java.util.Map;

/**
 * How the segments of one family of messages make resources.
 *
 * @param groups outermost first; each lies within the one before
 * @param entries by segment name, in file order
 * @param aboutPatient whether a message without a patient is refused; master files have none
 */
record MessageRules(
    String name, String file, List<GroupRule> groups, Map<String, Entry[]> entries, boolean aboutPatient) {

  /**
   * @param opens segments that begin a group; a later one in this list continues a group that an earlier one began
   * @param anyOrder the openers may come in any order: what standards and senders disagree about. Each continues a
   *     group that holds nothing but other openers; and a group that has begun without an opener goes on to the next
   *     group above (specimens that are named after the orders belong to those orders)
   */
  record GroupRule(String name, List<String> opens, boolean anyOrder) {}

  /**
   * One map applied to one kind of segment.
   *
   * @param group depth of the group whose resource it fills; for a resource per segment, the group it belongs to
   * @param each a new resource for every segment
   * @param role name under which links find the resource
   * @param within depth of the innermost group the segment must stand in; -1 for any
   * @param after only when the last segment that was no NTE is one of these; null for always
   * @param always worth sending even when nothing but its identity is known
   * @param contained the resource lies within the nearest one of that role, which refers to it there; null for its own entry
   * @param ifAbsent written only when the city does not have it: context that others keep up to date
   */
  record Entry(
      String segment,
      RuleMap map,
      int group,
      boolean each,
      String role,
      int within,
      List<String> after,
      Source[] onlyIf,
      boolean ifAbsent,
      boolean always,
      Link[] links,
      String when,
      Link back,
      Link contained) {}

  /**
   * @param role of the resource that is referred to; the nearest one, or all of that group when the path is a list
   */
  record Link(Path path, String role) {}
}
