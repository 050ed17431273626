%% The differences from OTP 25 that are meant, each with its reason. A difference that one of these allows is counted
%% and printed under its name; any other is a finding.
-module(judge_known).
-export([name/3, crashes_otp/1, table/0]).

%% `{Name, What the bytes hold, Which answers are allowed, Reason}`. An answer is `refused`, `died`, or
%% `{accepted, Used, Canonical}`.
table() ->
    [{"tag 121", local, fun otp_alone_refuses/2,
      "LOCAL_EXT came with OTP 26; OTP 25 does not know the tag."},
     {"tags 73 and 75", atom_number, fun otp_alone_accepts/2,
      "Numbers in the atom table of a running node, which OTP 25 takes from outside by mistake."},
     {"reference without words", reference_without_words, fun reader_refuses/2,
      "OTP 25 accepts it, then reads on four bytes too far."},
     {"creator is no pid", creator_is_no_pid, fun reader_refuses/2,
      "OTP 25 does not look at the tag of a function's creator, and may crash."},
     {"old float without an end", float_without_end, fun any_answer/2,
      "The 31 bytes of a FLOAT_EXT hold a zero byte; without one, OTP 25 reads on into the bytes that follow."},
     {"0.0 and -0.0 as keys", both_zeros, fun otp_alone_refuses/2,
      "One key up to OTP 26, two since OTP 27."},
     {"arity above 255", arity_above_255, fun otp_alone_accepts/2,
      "No function has more than 255 parameters; OTP 25 accepts more and keeps 32 bits of the number."},
     {"wide numbers in a function", wide_function_number, fun otp_alone_accepts/2,
      "Old index and old uniq are 32 bits; OTP 25 accepts 60 and drops the rest."},
     {"functions as far keys", functions_far_apart, fun same_length/2,
      "OTP 25 orders functions by the sign of a 32-bit difference, which is no order when they are 2^31 apart."}].

name(Bytes, OTP, Reader) ->
    Features = judge_scan:features(Bytes),
    Names = [Name || {Name, Feature, Allows, _} <- table(), is_map_key(Feature, Features), Allows(OTP, Reader)],
    case Names of
        [Name | _] -> {known, Name};
        [] -> unknown
    end.

crashes_otp(Bytes) -> is_map_key(creator_is_no_pid, judge_scan:features(Bytes)).

otp_alone_refuses(refused, {accepted, _, _}) -> true;
otp_alone_refuses(_, _) -> false.

otp_alone_accepts({accepted, _, _}, refused) -> true;
otp_alone_accepts(_, _) -> false.

reader_refuses(_, Reader) -> Reader =:= refused.

any_answer(_, Reader) -> Reader =/= died.

same_length({accepted, Used, One}, {accepted, Used, Other}) -> byte_size(One) =:= byte_size(Other);
same_length(_, _) -> false.
