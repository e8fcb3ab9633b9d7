use super::*;

#[tokio::test]
async fn connected_or_refused() {
    for at in loopbacks() {
        let address = server(at, |_| async {}).await;
        up(&ask(&Check::Connect, address).await, "connected");
    }
    down(&ask(&Check::Connect, nobody()).await, "connection refused");
}

#[tokio::test]
async fn a_full_backlog_is_no_answer() {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    socket.bind(&SocketAddr::from(([127, 0, 0, 1], 0)).into()).unwrap();
    socket.listen(0).unwrap();
    let address = socket.local_addr().unwrap().as_socket().unwrap();
    // nobody accepts: the first connections fill the queue, the next one waits for ever
    let _queued: Vec<_> = (0..2)
        .map(|_| std::net::TcpStream::connect_timeout(&address, Duration::from_millis(100)))
        .collect();
    let outcome = ask_within(Duration::from_millis(200), &Check::Connect, address).await;
    down(&outcome, "no answer within 200 ms (connecting)");
}
