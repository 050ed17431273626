#!/usr/bin/env escript
%% Writes the files of terms in this folder: in each way in which terms stand, each in each compression.

main([]) ->
    ok = file:set_cwd(filename:dirname(escript:script_name())),
    Terms = terms(),
    External = [term_to_binary(Term, [{minor_version, 2}]) || Term <- Terms],
    write("term", hd(External)),
    write("terms", External),
    [write("packet" ++ integer_to_list(N), [[<<(byte_size(T)):(8 * N)>>, T] || T <- External]) || N <- [1, 2, 4]],
    ok = file:write_file("compressed.etf", [term_to_binary(T, [compressed]) || T <- [large(), hd(Terms)]]).

terms() ->
    [
        #{id => 7, name => <<"Ada">>, tags => [ok, {1, 2.5}]},
        {ok, [11]},
        "localhost",
        #{<<"n">> => nil, <<"on">> => true}
    ].

large() -> lists:duplicate(300, <<"again">>).

write(Name, Data) ->
    Bytes = iolist_to_binary(Data),
    ok = file:write_file(Name ++ ".etf", Bytes),
    ok = file:write_file(Name ++ ".etf.gz", zlib:gzip(Bytes)),
    ok = file:write_file(Name ++ ".etf.gz.gz", zlib:gzip(zlib:gzip(Bytes))),
    ok = file:write_file(Name ++ ".etf.zlib", zlib:compress(Bytes)),
    ok = file:write_file(Name ++ ".etf.deflate", zlib:zip(Bytes)).
