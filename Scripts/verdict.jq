# Judges a run of the tests by Swift Testing's event stream. A line that was cut off at a stop is ignored.
# Prints "ok" or "FAIL", the text for the summary, Swift Testing's own summary, and each test that failed, with why, or
# was skipped.
#
# $status: how the run ended. $patience: the seconds after which it was stopped. $sources: how many tests the sources
# declare, or null if only some of them had to run.

[inputs | fromjson?] as $lines
| [$lines[] | select(.kind == "test").payload | select(.kind == "function")] as $tests
| ($tests | length) as $declared
| INDEX($tests[]; .id) as $known
| [$lines[] | select(.kind == "event").payload] as $events
| def ids(kinds): [$events[] | select(.kind | IN(kinds)).testID | select($known[. // ""])];
  def text: [.messages[].text] | join(" ");
  def name: sub("/[^/]*$"; "");
  [$events[] | select(.kind == "issueRecorded" and .issue.isFailure)
    | {test: (.testID // "no test in particular" | name), text: text}] as $failures
| ($failures | map(.test) | unique) as $failed
| [$events[] | select(.kind | IN("testSkipped", "testCancelled", "testCaseCancelled")) | text] as $skipped
| ([$tests[] | select(.isParameterized).id] - ids("testCaseStarted")) as $empty
| (ids("testStarted") | length) as $ran
| (ids("testEnded") | length) as $ended
| [
    if $ran == 0 then "no test was run" else empty end,
    if $skipped != [] then "\($skipped | length) skipped" else empty end,
    if $status == 124 then "stopped after \($patience) s"
    elif $status != 0 and $failed == [] then "the tests ended with status \($status)" else empty end,
    if any($events[]; .kind == "runEnded") then empty else "the run did not end" end,
    if $sources != null and $sources != $declared then "\($declared) of \($sources) tests in the sources are built"
    else empty end,
    if $ran != $declared or $ended != $declared then "of \($declared) tests \($ran) began and \($ended) ended"
    else empty end,
    if $empty != [] then "no case was run of: \($empty | map(name) | join(", "))" else empty end
  ] as $faults
| if $status == 0 and $failed == [] and $faults == [] then "ok" else "FAIL" end,
  (["\(ids("testEnded") | map(name) - $failed | length) passed", "\($failed | length) failed"] + $faults | join(", ")),
  ([$events[] | select(.kind == "runEnded") | text] | last // ""),
  ($failed[] as $test | "  failed: \($test)", ($failures[] | select(.test == $test) | "    \(.text)")),
  "  skipped: \($skipped[])"
