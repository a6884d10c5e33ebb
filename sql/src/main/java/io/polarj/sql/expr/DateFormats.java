package io.polarj.sql.expr;

import java.time.DateTimeException;
import java.time.DayOfWeek;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.format.TextStyle;
import java.util.Locale;

/** DATE_FORMAT, STR_TO_DATE and week numbers. */
final class DateFormats {
  private DateFormats() {}

  /** Year and week as yyyyww, in MySQL's modes 0 to 7. */
  static int week(LocalDate date, int mode) {
    boolean monday = (mode & 1) != 0;
    boolean yearOfWeek = (mode & 2) != 0;
    boolean firstFull = ((mode & 4) != 0) == monday;
    int year = date.getYear();
    LocalDate first = firstWeek(year, monday, firstFull);
    if (date.isBefore(first)) {
      if (!yearOfWeek) {
        return year * 100;
      }
      year--;
      first = firstWeek(year, monday, firstFull);
    } else if (yearOfWeek && !date.isBefore(firstWeek(year + 1, monday, firstFull))) {
      return (year + 1) * 100 + 1;
    }
    return year * 100 + (int) ((date.toEpochDay() - first.toEpochDay()) / 7) + 1;
  }

  /** The first day of week 1: the first full week, or the first with four days in the year. */
  private static LocalDate firstWeek(int year, boolean monday, boolean full) {
    LocalDate newYear = LocalDate.of(year, 1, 1);
    DayOfWeek start = monday ? DayOfWeek.MONDAY : DayOfWeek.SUNDAY;
    int after = Math.floorMod(start.getValue() - newYear.getDayOfWeek().getValue(), 7);
    LocalDate next = newYear.plusDays(after);
    boolean before = !full && after >= 4;
    return before ? next.minusDays(7) : next;
  }

  static String format(LocalDateTime time, String format) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < format.length(); i++) {
      char c = format.charAt(i);
      if (c == '%' && i + 1 < format.length()) {
        append(text, time, format.charAt(++i));
      } else {
        text.append(c);
      }
    }
    return text.toString();
  }

  private static void append(StringBuilder text, LocalDateTime time, char c) {
    int hour12 = (time.getHour() + 11) % 12 + 1;
    switch (c) {
      case 'Y' -> pad(text, time.getYear(), 4);
      case 'y' -> pad(text, time.getYear() % 100, 2);
      case 'm' -> pad(text, time.getMonthValue(), 2);
      case 'c' -> text.append(time.getMonthValue());
      case 'd' -> pad(text, time.getDayOfMonth(), 2);
      case 'e' -> text.append(time.getDayOfMonth());
      case 'D' -> text.append(time.getDayOfMonth()).append(suffix(time.getDayOfMonth()));
      case 'H' -> pad(text, time.getHour(), 2);
      case 'k' -> text.append(time.getHour());
      case 'h', 'I' -> pad(text, hour12, 2);
      case 'l' -> text.append(hour12);
      case 'i' -> pad(text, time.getMinute(), 2);
      case 's', 'S' -> pad(text, time.getSecond(), 2);
      case 'f' -> pad(text, time.getNano() / 1000, 6);
      case 'p' -> text.append(time.getHour() < 12 ? "AM" : "PM");
      case 'r' -> text.append(format(time, "%h:%i:%s %p"));
      case 'T' -> text.append(format(time, "%H:%i:%s"));
      case 'j' -> pad(text, time.getDayOfYear(), 3);
      case 'w' -> text.append(time.getDayOfWeek().getValue() % 7);
      case 'a' -> text.append(time.getDayOfWeek().getDisplayName(TextStyle.SHORT, Locale.ENGLISH));
      case 'W' -> text.append(time.getDayOfWeek().getDisplayName(TextStyle.FULL, Locale.ENGLISH));
      case 'b' -> text.append(time.getMonth().getDisplayName(TextStyle.SHORT, Locale.ENGLISH));
      case 'M' -> text.append(time.getMonth().getDisplayName(TextStyle.FULL, Locale.ENGLISH));
      case 'U' -> pad(text, week(time.toLocalDate(), 0) % 100, 2);
      case 'u' -> pad(text, week(time.toLocalDate(), 1) % 100, 2);
      case 'V' -> pad(text, week(time.toLocalDate(), 2) % 100, 2);
      case 'v' -> pad(text, week(time.toLocalDate(), 3) % 100, 2);
      case 'X' -> pad(text, week(time.toLocalDate(), 2) / 100, 4);
      case 'x' -> pad(text, week(time.toLocalDate(), 3) / 100, 4);
      default -> text.append(c);
    }
  }

  private static String suffix(int day) {
    if (day / 10 == 1) {
      return "th";
    }
    return switch (day % 10) {
      case 1 -> "st";
      case 2 -> "nd";
      case 3 -> "rd";
      default -> "th";
    };
  }

  private static void pad(StringBuilder text, int number, int width) {
    String digits = Integer.toString(number);
    text.repeat('0', Math.max(0, width - digits.length())).append(digits);
  }

  private static final class Parts {
    int year = -1;
    int month = -1;
    int day = -1;
    int hour;
    int minute;
    int second;
    int micros;
    int afternoon = -1;
    int dayOfYear = -1;
  }

  /** STR_TO_DATE; null when the text does not fit. */
  static LocalDateTime parse(String text, String format) {
    Parts parts = new Parts();
    int at = 0;
    for (int i = 0; i < format.length(); i++) {
      char c = format.charAt(i);
      while (at < text.length() && c != ' ' && Character.isWhitespace(text.charAt(at))) {
        at++;
      }
      if (c == '%' && i + 1 < format.length()) {
        at = read(text, at, format.charAt(++i), parts);
        if (at < 0) {
          return null;
        }
      } else if (Character.isWhitespace(c)) {
        while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
          at++;
        }
      } else if (at < text.length() && text.charAt(at) == c) {
        at++;
      } else {
        return null;
      }
    }
    return date(parts);
  }

  private static LocalDateTime date(Parts p) {
    int hour = p.afternoon < 0 ? p.hour : p.hour % 12 + 12 * p.afternoon;
    try {
      LocalDate date =
          p.dayOfYear > 0
              ? LocalDate.ofYearDay(p.year, p.dayOfYear)
              : LocalDate.of(p.year, p.month, p.day);
      return date.atTime(hour, p.minute, p.second, p.micros * 1000);
    } catch (DateTimeException e) {
      return null;
    }
  }

  private static int read(String text, int at, char c, Parts parts) {
    switch (c) {
      case 'T' -> {
        return readAll(text, at, "H:i:s", parts);
      }
      case 'r' -> {
        return readAll(text, at, "h:i:s p", parts);
      }
      case 'p' -> {
        if (!text.regionMatches(true, at, "AM", 0, 2)
            && !text.regionMatches(true, at, "PM", 0, 2)) {
          return -1;
        }
        parts.afternoon = Character.toUpperCase(text.charAt(at)) == 'P' ? 1 : 0;
        return at + 2;
      }
      case 'b', 'M' -> {
        return month(text, at, parts);
      }
      case 'a', 'W' -> {
        int end = at;
        while (end < text.length() && Character.isLetter(text.charAt(end))) {
          end++;
        }
        return end > at ? end : -1;
      }
      case '%' -> {
        return at < text.length() && text.charAt(at) == '%' ? at + 1 : -1;
      }
      default -> {
        return number(text, at, c, parts);
      }
    }
  }

  private static int readAll(String text, int from, String codes, Parts parts) {
    int at = from;
    for (char code : codes.toCharArray()) {
      if (Character.isLetter(code)) {
        at = read(text, at, code, parts);
      } else {
        at = at < text.length() && text.charAt(at) == code ? at + 1 : -1;
      }
      if (at < 0) {
        return -1;
      }
    }
    return at;
  }

  private static int month(String text, int at, Parts parts) {
    for (java.time.Month month : java.time.Month.values()) {
      for (TextStyle style : new TextStyle[] {TextStyle.FULL, TextStyle.SHORT}) {
        String name = month.getDisplayName(style, Locale.ENGLISH);
        if (text.regionMatches(true, at, name, 0, name.length())) {
          parts.month = month.getValue();
          return at + name.length();
        }
      }
    }
    return -1;
  }

  private static int number(String text, int at, char c, Parts parts) {
    int width =
        switch (c) {
          case 'Y' -> 4;
          case 'f' -> 6;
          case 'j' -> 3;
          default -> 2;
        };
    int end = at;
    while (end < text.length() && end - at < width && Character.isDigit(text.charAt(end))) {
      end++;
    }
    if (end == at || end - at > 9) {
      return -1;
    }
    String digits = text.substring(at, end);
    int number = Integer.parseInt(digits);
    switch (c) {
      case 'Y' -> parts.year = digits.length() <= 2 ? number + (number < 70 ? 2000 : 1900) : number;
      case 'y' -> parts.year = number + (number < 70 ? 2000 : 1900);
      case 'm', 'c' -> parts.month = number;
      case 'd', 'e' -> parts.day = number;
      case 'H', 'k', 'h', 'I', 'l' -> parts.hour = number;
      case 'i' -> parts.minute = number;
      case 's', 'S' -> parts.second = number;
      case 'f' -> parts.micros = Integer.parseInt((digits + "00000").substring(0, 6));
      case 'j' -> parts.dayOfYear = number;
      default -> {
        return -1;
      }
    }
    return end;
  }
}
