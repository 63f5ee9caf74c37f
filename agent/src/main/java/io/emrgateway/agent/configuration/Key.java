package io.emrgateway.agent.configuration;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * One key an operator may set. Its name in the file is the component's name in kebab case: {@code
 * pauseMax} is {@code pause-max}. Its type decides what may be written; see {@link Values}.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface Key {
  /** Stands in {@link #def} where a default would be a guess: the operator has to write the key. */
  String REQUIRED = "(required)";

  /** What the key does, in Chinese: one or more lines of the reference file. */
  String docZh();

  /** What the key does, in English. */
  String doc();

  /** The default as an operator would write it. Sections and optional values need none. */
  String def() default REQUIRED;

  /** What the reference file shows where there is no default. */
  String example() default "";

  /** Smallest value allowed, as an operator would write it; empty for none. */
  String min() default "";

  /** Largest value allowed, as an operator would write it; empty for none. */
  String max() default "";

  /** Zero is allowed although it is smaller than {@link #min}: it means never. */
  boolean zero() default false;

  /** What a text has to look like: a regular expression over the whole of it; empty for any text. */
  String pattern() default "";

  /** {@link #pattern} in words of the operator, Chinese. */
  String patternZh() default "";

  /** {@link #pattern} in words of the operator, English. */
  String patternEn() default "";

  /** The key of the same section whose folder relative paths start from; empty: the file's own folder. */
  String under() default "";
}
