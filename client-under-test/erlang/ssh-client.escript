#!/usr/bin/env escript
%%! +sbwt none +sbwtdcpu none +sbwtdio none
%% A driver for the application ssh of Erlang/OTP, a process for each task.
%%
%%     ssh-client.escript             every timeout is what it is by default: infinity
%%     ssh-client.escript --timeout   connect_timeout, the NegotiationTimeout of ssh:connect/4, and the
%%                                    Timeout of session_channel/2, exec/4 and send/4
%%
%% No other deadline: what is judged is what these cover. A running command sends messages; for how long they
%% are waited for is the program's own affair, and this one waits.
-module('ssh-client').
-mode(compile).
-export([main/1, is_host_key/5, add_host_key/4, user_key/2]).
-define(KEPT_BYTES, 65536).

main(["--version"]) ->
    {ok, _} = application:ensure_all_started(ssh),
    {ok, Version} = application:get_key(ssh, vsn),
    io:format("~s~n", [Version]);
main(Words) ->
    UsesTimeout = Words =:= ["--timeout"],
    ok = io:setopts(standard_io, [binary, {encoding, latin1}]),
    {ok, _} = application:ensure_all_started(ssh),
    silence(),
    warm_up(),
    ets:new(tasks, [named_table, public]),
    {ok, Version} = application:get_key(ssh, vsn),
    Name = case UsesTimeout of true -> "erlang-timeout"; false -> "erlang" end,
    say([{op, "hello"}, {v, 1}, {name, Name}, {version, Version},
         {runtime, ["Erlang/OTP ", erlang:system_info(otp_release)]},
         {ops, [list, "run", "settle", "counters", "bye"]}, {auth, [list, "publickey", "password"]},
         {phases, [list]}, {counters, [list, "tasks", "goroutines"]}]),
    serve(UsesTimeout).

%% Modules are loaded when they are first called, which is no task's time.
warm_up() ->
    [code:ensure_loaded(Module) || Application <- [crypto, asn1, public_key, ssh],
                                   {ok, Modules} <- [application:get_key(Application, modules)],
                                   Module <- Modules].

%% What goes wrong is told by the results; stdout is the protocol's alone.
silence() ->
    logger:set_primary_config(level, none).

serve(UsesTimeout) ->
    case io:get_line(standard_io, "") of
        Line when is_binary(Line) ->
            Asked = read(Line),
            case maps:get(<<"op">>, Asked, null) of
                <<"bye">> -> halt(0, [{flush, true}]);
                Op -> answer(Op, Asked, UsesTimeout), serve(UsesTimeout)
            end;
        _ -> halt(0, [{flush, true}])
    end.

answer(<<"run">>, Asked, UsesTimeout) ->
    ets:insert(tasks, {id(Asked)}),
    spawn(fun() -> run(Asked, UsesTimeout) end);
answer(<<"settle">>, Asked, _) ->
    [erlang:garbage_collect(Pid) || Pid <- erlang:processes()],
    settle(erlang:system_info(process_count), 0, 60),
    say([{op, "settled"}, {id, id(Asked)}]);
answer(<<"counters">>, Asked, _) ->
    say([{op, "counters"}, {id, id(Asked)}, {tasks, ets:info(tasks, size)},
         {goroutines, erlang:system_info(process_count)}]);
answer(_, Asked, _) ->
    say([{op, "unsupported"}, {id, id(Asked)}]).

id(Asked) ->
    maps:get(<<"id">>, Asked, null).

%% Until the processes of closed connections are gone, which takes them a moment.
settle(_, _, 0) -> ok;
settle(_, 4, _) -> ok;
settle(Count, Still, Rounds) ->
    timer:sleep(5),
    case erlang:system_info(process_count) of
        Count -> settle(Count, Still + 1, Rounds - 1);
        Other -> settle(Other, 0, Rounds - 1)
    end.

%% ---- one task ----

run(Asked, UsesTimeout) ->
    Begin = erlang:monotonic_time(millisecond),
    Timeout = case UsesTimeout of true -> maps:get(<<"deadline_ms">>, Asked); false -> infinity end,
    {Outcome, Status, Output, Error} =
        try connect(Asked, Timeout)
        catch _:Trouble -> {could_not_try, null, {<<>>, 0}, Trouble}
        end,
    {Kept, Bytes} = Output,
    ets:delete(tasks, id(Asked)),
    say([{op, "result"}, {id, id(Asked)}, {outcome, atom_to_list(Outcome)}, {phase, null},
         {exit_status, Status}, {stdout_b64, base64:encode(Kept)}, {stdout_bytes, Bytes},
         {elapsed_ms, erlang:monotonic_time(millisecond) - Begin},
         {error, case Error of null -> null; _ -> io_lib:format("~0p", [Error]) end}]).

connect(Asked, Timeout) ->
    %% Without quiet_mode a server's banner is printed, where the protocol is.
    Options = [{user, text(<<"user">>, Asked)}, {password, text(<<"password">>, Asked)},
               {user_interaction, false}, {quiet_mode, true}, {key_cb, {?MODULE, [Asked]}}, {connect_timeout, Timeout}],
    case ssh:connect(text(<<"host">>, Asked), maps:get(<<"port">>, Asked), Options, Timeout) of
        {ok, Connection} ->
            erlang:monitor(process, Connection),
            try open(Connection, Asked, Timeout)
            after ssh:close(Connection)
            end;
        {error, Why} -> ended({<<>>, 0}, Why)
    end.

text(Name, Asked) ->
    binary_to_list(maps:get(Name, Asked, <<>>)).

open(Connection, Asked, Timeout) ->
    case ssh_connection:session_channel(Connection, Timeout) of
        {ok, Channel} -> execute(Connection, Channel, Asked, Timeout);
        {error, Why} -> ended({<<>>, 0}, Why);
        Refused -> ended({<<>>, 0}, Refused) % {open_error, Code, Text, Language}
    end.

execute(Connection, Channel, Asked, Timeout) ->
    case ssh_connection:exec(Connection, Channel, text(<<"command">>, Asked), Timeout) of
        success ->
            write(Connection, Channel, base64:decode(maps:get(<<"stdin_b64">>, Asked, <<>>)), Timeout),
            collect(Connection, Channel, {<<>>, 0}, null);
        failure -> ended({<<>>, 0}, refused);
        {error, Why} -> ended({<<>>, 0}, Why)
    end.

%% A command may end before it took all of its input.
write(Connection, Channel, Input, Timeout) ->
    ssh_connection:send(Connection, Channel, Input, Timeout),
    ssh_connection:send_eof(Connection, Channel).

collect(Connection, Channel, Output, Status) ->
    receive
        {ssh_cm, Connection, {data, Channel, Stream, Data}} ->
            ssh_connection:adjust_window(Connection, Channel, byte_size(Data)),
            collect(Connection, Channel, add(Stream, Data, Output), Status);
        {ssh_cm, Connection, {exit_status, Channel, Given}} ->
            collect(Connection, Channel, Output, Given);
        {ssh_cm, Connection, {exit_signal, Channel, Signal, _, _}} ->
            ended(Output, {signal, Signal});
        {ssh_cm, Connection, {closed, Channel}} when is_integer(Status) ->
            {success, Status, Output, null};
        {ssh_cm, Connection, {closed, Channel}} ->
            ended(Output, "closed without an exit status");
        {ssh_cm, Connection, _} ->
            collect(Connection, Channel, Output, Status);
        {'DOWN', _, process, Connection, Why} ->
            ended(Output, Why)
    end.

add(0, Data, {Kept, Bytes}) when byte_size(Kept) < ?KEPT_BYTES ->
    Room = min(byte_size(Data), ?KEPT_BYTES - byte_size(Kept)),
    {<<Kept/binary, (binary:part(Data, 0, Room))/binary>>, Bytes + byte_size(Data)};
add(0, Data, {Kept, Bytes}) -> {Kept, Bytes + byte_size(Data)};
add(_, _, Output) -> Output.

%% By the library's own word.
ended(Output, Why) when Why =:= timeout; Why =:= etimedout -> {timeout, null, Output, Why};
ended(Output, Why) -> {failure, null, Output, Why}.

%% ---- keys: the behaviour ssh_client_key_api ----

is_host_key(Key, _Host, _Port, _Algorithm, Options) ->
    [Asked] = proplists:get_value(key_cb_private, Options),
    Shown = string:trim(ssh_file:encode([{Key, []}], openssh_key)),
    lists:any(fun(Name) -> maps:get(Name, Asked, null) =:= Shown end,
              [<<"hostkey">>, <<"hostkey_ecdsa">>, <<"hostkey_rsa">>]).

add_host_key(_Host, _Port, _Key, _Options) ->
    {error, "another host key"}.

user_key('ssh-ed25519', Options) ->
    [Asked] = proplists:get_value(key_cb_private, Options),
    {ok, Text} = file:read_file(maps:get(<<"key">>, Asked)),
    [Key | _] = [Key || {Key, _} <- ssh_file:decode(Text, openssh_key_v1), element(1, Key) =:= ed_pri],
    {ok, Key};
user_key(_, _) ->
    {error, "no such key"}.

%% ---- lines: JSON objects whose values are texts, whole numbers, true, false or null ----

read(Line) ->
    Member = "\"([^\"\\\\]*+(?:\\\\.[^\"\\\\]*+)*+)\"\\s*:\\s*(?:\"([^\"\\\\]*+(?:\\\\.[^\"\\\\]*+)*+)\"|(-?\\d+)|true|false|null)",
    case re:run(Line, Member, [global, {capture, all_but_first, binary}]) of
        {match, Members} -> maps:from_list([member(Parts) || Parts <- Members]);
        nomatch -> #{}
    end.

member([Name]) -> {Name, null};
member([Name, Text]) -> {Name, plain(Text)};
member([Name, _, Number]) -> {Name, binary_to_integer(Number)}.

%% What was read is at the end, where a binary can grow: at its beginning each letter would copy all that follows.
plain(Text) -> plain(Text, <<>>).

plain(<<"\\u", Hex:4/binary, Rest/binary>>, Read) ->
    plain(Rest, <<Read/binary, (unicode:characters_to_binary([binary_to_integer(Hex, 16)]))/binary>>);
plain(<<"\\n", Rest/binary>>, Read) -> plain(Rest, <<Read/binary, $\n>>);
plain(<<"\\t", Rest/binary>>, Read) -> plain(Rest, <<Read/binary, $\t>>);
plain(<<"\\", Letter, Rest/binary>>, Read) -> plain(Rest, <<Read/binary, Letter>>);
plain(<<Letter, Rest/binary>>, Read) -> plain(Rest, <<Read/binary, Letter>>);
plain(<<>>, Read) -> Read.

say(Members) ->
    Texts = [[$", atom_to_list(Name), $", $:, value(Value)] || {Name, Value} <- Members],
    ok = io:put_chars(standard_io, [${, lists:join($,, Texts), $}, $\n]).

value(null) -> "null";
value(Number) when is_integer(Number) -> integer_to_list(Number);
value([list | Items]) -> [$[, lists:join($,, [value(Item) || Item <- Items]), $]];
value(Text) -> [$", [escaped(Letter) || <<Letter>> <= iolist_to_binary(Text)], $"].

escaped(Letter) when Letter < 32; Letter > 126; Letter =:= $"; Letter =:= $\\ ->
    io_lib:format("\\u~4.16.0b", [Letter]);
escaped(Letter) -> Letter.
