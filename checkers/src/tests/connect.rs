use super::*;

#[tokio::test]
async fn connected_or_refused() {
    for at in loopbacks() {
        let address = server(at, |_| async {}).await;
        up(&ask(&Check::Connect, address).await, "connected");
    }
    down(&ask(&Check::Connect, nobody()).await, "connection refused");
}

/// Thousands of them are under way at one time.
#[tokio::test]
async fn a_connection_takes_little_room() {
    let address = server("127.0.0.1", |_| async {}).await;
    let mut asked = Box::pin(ask(&Check::Connect, address));
    let mut bytes = 0;
    let outcome = std::future::poll_fn(|cx| {
        let mut polled = None;
        let info = allocation_counter::measure(|| polled = Some(asked.as_mut().poll(cx)));
        bytes += info.bytes_total;
        polled.unwrap()
    });
    up(&outcome.await, "connected");
    assert!(bytes < 2048, "{bytes}");
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
